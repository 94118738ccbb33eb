"""Metadata of uploads, read as the service reads them: strictly, from JSON."""

from typing import Any

import pytest
from pydantic import ValidationError

from openapi.datasets import DatasetMetadata, Resize
from service.fields import read_strictly


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (28, Resize(size=28)),
        ([28, 30], Resize(size=(28, 30))),
        ({"size": 32, "crop": 28}, Resize(size=32, crop=28)),
        ({"size": [32, 40], "crop": [28, 30]}, Resize(size=(32, 40), crop=(28, 30))),
        (
            {"size": [224, 224], "crop": "aspect", "antialias": False},
            Resize(size=(224, 224), crop="aspect", antialias=False),
        ),
    ],
)
def test_every_spelling_of_resize_is_read(given: Any, expected: Resize) -> None:
    assert read_strictly(DatasetMetadata, {"resize": given}).resize == expected


@pytest.mark.parametrize("given", [[28], [1, 2, 3], [28.5, 28], ["28", 28], {"size": [0, 4]}, {"size": "28"}, True])
def test_what_is_no_size_is_refused(given: Any) -> None:
    with pytest.raises(ValidationError) as refused:
        read_strictly(DatasetMetadata, {"resize": given})
    assert {error["loc"][0] for error in refused.value.errors()} == {"resize"}

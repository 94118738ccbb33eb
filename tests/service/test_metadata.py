"""Metadata of uploads, read as the service reads them: strictly, from JSON."""

import json
from typing import Any

import httpx
import pytest
from pydantic import ValidationError

from openapi.datasets import DatasetMetadata, Resize
from openapi.models import ModelMetadata
from service.fields import field_errors, read_strictly
from tests.service.conftest import audit, upload_ready
from tests.service.worker import ProtocolWorker


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


@pytest.mark.parametrize("word", ["grey", "gray", "L", "Grayscale"])
def test_a_models_one_channel_is_grey_in_the_usual_words(word: str) -> None:
    assert read_strictly(ModelMetadata, {"input": {"shape": [1, 8, 8], "channels": word}}).input.channels == "grey"
    with pytest.raises(ValidationError, match="channels is grey, and shape has 3 channels"):
        read_strictly(ModelMetadata, {"input": {"shape": [3, 8, 8], "channels": word}})


@pytest.mark.parametrize(("shape", "channels"), [((1, 8, 8), "grey"), ((3, 8, 8), "RGB")])
def test_answers_and_reports_call_a_models_one_channel_grey(
    api: httpx.Client, worker: ProtocolWorker, shape: tuple[int, int, int], channels: str
) -> None:
    spec = {"shape": shape, "layout": "NCHW"}
    model = upload_ready(api, worker, "models", b"a model", input=spec)
    found = api.get(f"/v1/models/{model}").json()
    assert found["input"]["channels"] == found["inspection"]["input"]["channels"] == channels
    dataset = upload_ready(api, worker, "datasets", b"a data set", shape=shape)
    audit(api, model, dataset)
    worker.do(worker.take_of("attack"))
    assert worker.take_of("report").params["model"]["input"]["channels"] == channels
    again = api.post("/v1/models", files={"file": b"other"}, data={"metadata": json.dumps({"input": found["input"]})})
    assert again.status_code == 201, "what is answered can be sent"


def test_a_shape_that_is_no_images_is_refused_before_anything_is_read() -> None:
    with pytest.raises(ValidationError) as caught:
        read_strictly(ModelMetadata, {"input": {"shape": [1, 1_000_000, 1_000_000]}})
    (error,) = field_errors(caught.value, {"input": {"shape": [1, 1_000_000, 1_000_000]}}, model=ModelMetadata)
    assert error.pointer == "/input/shape"
    assert error.detail == "an image of 1,000,000,000,000 numbers is too large; at most 268,435,456 are accepted"
    assert read_strictly(ModelMetadata, {"input": {"shape": [4, 8192, 8192]}}).input.shape == (4, 8192, 8192)

"""A field that takes several forms is told with all of them, in the API's answers and in the terminal."""

from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from openapi.audits import AuditRequest
from openapi.datasets import DatasetMetadata
from openapi.models import ModelMetadata
from service.fields import field_errors, read_strictly

_IDS = {"model_id": "mdl_" + "0" * 26, "dataset_id": "dst_" + "0" * 26}
_SAMPLES = "write 'first', 'random' or 'per_class', or a list"
_SIDES = "write a whole number, or a list of 2 items"
_RADIUS = 'write a number such as 0.03, or a fraction such as "8/255"'
_RESIZE = 'write the shorter side, [height, width], or an object with "size" or "crop"'


def window(value: Any) -> dict[str, Any]:
    return {**_IDS, "neurons": {"vulnerability": {"window": value}}}


@pytest.mark.parametrize(
    ("model", "body", "pointer", "detail"),
    [
        (AuditRequest, {**_IDS, "samples": []}, "/samples", f"{_SAMPLES} of at least 1 item"),
        (AuditRequest, {**_IDS, "samples": "frist"}, "/samples", _SAMPLES),
        (AuditRequest, {**_IDS, "samples": {"first": 7}}, "/samples", _SAMPLES),
        (AuditRequest, {**_IDS, "samples": [3, -1]}, "/samples/1", "Input should be greater than or equal to 0"),
        (AuditRequest, window([7, 7]), "/neurons/vulnerability/window", "write a whole number, or 'auto'"),
        (AuditRequest, window(0), "/neurons/vulnerability/window", "write a number of at least 1, or 'auto'"),
        (AuditRequest, {**_IDS, "attacks": [{"name": "pgd", "eps": [8, 255]}]}, "/attacks/0/eps", _RADIUS),
        (AuditRequest, {**_IDS, "attacks": [{"name": "pgd", "eps": True}]}, "/attacks/0/eps", _RADIUS),
        (DatasetMetadata, {"resize": {"size": [224]}}, "/resize/size", _SIDES),
        (DatasetMetadata, {"resize": {"size": [224, 224, 3]}}, "/resize/size", _SIDES),
        (DatasetMetadata, {"resize": [224]}, "/resize", _SIDES),
        (DatasetMetadata, {"resize": "224"}, "/resize", _RESIZE),
        (DatasetMetadata, {"resize": {"size": [0, 5]}}, "/resize/size/0", "Input should be greater than or equal to 1"),
        (DatasetMetadata, {"resize": {"size": 9, "crop": "middle"}}, "/resize/crop", f"{_SIDES}, or 'aspect'"),
        (ModelMetadata, {"output": ""}, "/output", "write a text of at least 1 character, or a whole number"),
        (ModelMetadata, {"output": -1}, "/output", "write a text, or a number of at least 0"),
    ],
)
def test_all_forms_of_a_field_are_told(model: type[BaseModel], body: Any, pointer: str, detail: str) -> None:
    with pytest.raises(ValidationError) as caught:
        read_strictly(model, body)
    (error,) = field_errors(caught.value, body, model=model)
    assert (error.pointer, error.detail.removeprefix("Value error, ")) == (pointer, detail)

"""What does not match a pattern is told in words, wherever a pattern stands in the API's document."""

import importlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from openapi.base import Eps
from openapi.datasets import DatasetMetadata
from openapi.keys import KeyRequest
from openapi.models import ModelMetadata
from openapi.patterns import described, description_of
from openapi.webhooks import WebhookRequest
from service.fields import field_errors
from service.http.arguments import LABEL

DOCUMENT = json.loads((Path(__file__).parents[2] / "openapi" / "openapi.json").read_text("utf-8"))
#: Told in words of its own: see `Eps`.
FRACTION = next(one["pattern"] for one in TypeAdapter(Eps).json_schema()["anyOf"] if "pattern" in one)


def patterns(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("pattern"), str):
            yield node["pattern"]
        for inner in node.values():
            yield from patterns(inner)
    elif isinstance(node, list):
        for inner in node:
            yield from patterns(inner)


def test_every_pattern_that_is_asked_for_has_words() -> None:
    importlib.import_module("service.app")  # whatever else has been imported: calls enter the patterns of their own
    asked = {pattern for call in DOCUMENT["paths"].values() for pattern in patterns(call)}
    asked |= set(patterns(DOCUMENT["components"]["schemas"]))
    by_hand = {  # headers, which are read with messages of their own
        parameter["schema"]["pattern"]
        for call in DOCUMENT["paths"].values()
        for method in call.values()
        for parameter in method.get("parameters", ())
        if parameter["in"] == "header" and "pattern" in parameter["schema"]
    }
    assert len(asked) > 8
    assert {pattern for pattern in asked - by_hand - {FRACTION} if description_of(pattern) is None} == set()


@pytest.mark.parametrize(
    ("model", "body", "said"),
    [
        (WebhookRequest, {"url": "ftp://x"}, "write an address such as https://host.example/path"),
        (KeyRequest, {"name": "  "}, "write at least one character that is no blank"),
        (ModelMetadata, {"name": " \t"}, "write at least one character that is no blank"),
        (DatasetMetadata, {"name": "\u3000"}, "write at least one character that is no blank"),
    ],
)
def test_a_body_is_told_so(model: Any, body: dict[str, str], said: str) -> None:
    with pytest.raises(ValidationError) as caught:
        model.model_validate(body)
    (error,) = field_errors(caught.value, body, model=model)
    assert error.detail.startswith(said)


def test_a_parameter_is_told_so() -> None:
    assert re.fullmatch(LABEL, "team:vision")
    assert described(f"Expected `str` matching regex {LABEL!r}").startswith("write key:value")
    assert described("Expected `int` >= 1") == "Expected `int` >= 1"

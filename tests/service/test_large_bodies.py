"""Bodies as large as they may be, and of every nasty shape: refused at once by a name, and nobody else waits for it."""

import json
from typing import Any

import pytest

from tests.service.conftest import World

AUDIT = "/v1/audits"


def told(world: World, body: bytes) -> tuple[int, dict[str, Any]]:
    answer = world.api.post(AUDIT, content=body, headers={"Content-Type": "application/json"})
    return answer.status_code, answer.json()


@pytest.mark.parametrize(
    ("field", "value", "pointer"),
    [
        ("policy", {"rules": [{"metric": "clean.accuracy", "op": ">=", "value": 0}] * 257}, "/policy/rules"),
        ("policy", {"rules": [{"metric": "a" * 501, "op": ">=", "value": 0}]}, "/policy/rules/0/metric"),
        ("attacks", [{"name": "fgsm"}] * 65, "/attacks"),
        ("labels", {f"k{i}": "v" for i in range(65)}, "/labels"),
        ("labels", {"k": "v" * 401}, "/labels/k"),
        ("model_id", "m" * 65, "/model_id"),
    ],
)
def test_counts_and_lengths_end_somewhere(world: World, field: str, value: Any, pointer: str) -> None:
    answer = world.audit(**{field: value})
    assert answer.status_code == 422
    assert pointer in [error["pointer"] for error in answer.json()["errors"]]


def test_metadata_ends_somewhere(world: World) -> None:
    for metadata in ({"labels": ["c"] * 100_001}, {"tags": {f"k{i}": "" for i in range(65)}}, {"labels": ["c" * 501]}):
        parts = {"metadata": (None, json.dumps(metadata)[:90_000])}
        answer = world.api.post("/v1/models", files={"file": ("x", b"x"), **parts})
        assert answer.status_code in (413, 422), answer.text


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b'{"regions": ' + b'{"a":' * 40 + b"1" + b"}" * 41, "nested"),
        (b"[" * 90_000, "not JSON"),
        (b'{"regions": {' + b",".join(b'"%d":1' % i for i in range(6000)) + b"}}", "members"),
    ],
    ids=["deep", "deeper", "wide"],
)
def test_shapes_that_no_request_has_are_refused(world: World, body: bytes, said: str) -> None:
    status, problem = told(world, body)
    assert status == 400
    assert said in problem["detail"]


def test_of_many_errors_the_first_hundred_are_told(world: World) -> None:
    body = json.dumps({f"wrong{i}": 1 for i in range(2000)}).encode()
    status, problem = told(world, body)
    assert status == 422
    assert len(problem["errors"]) <= 100

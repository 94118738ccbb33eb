"""Whatever is sent, the answer is never a 500: random bodies, mutated good bodies, random headers and queries."""

import copy
import json
from typing import Any

import httpx
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.service.conftest import World

FEW = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)
HEADER = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=40)

GOOD: dict[str, Any] = {
    "model_id": "mdl_x",
    "dataset_id": "dst_x",
    "preset": "smoke",
    "attacks": [{"name": "pgd", "norm": "linf", "eps": "8/255", "steps": 3}, {"name": "fgsm", "eps": 0.1}],
    "neurons": {"tap": "conv", "eps": 0.01},
    "policy": {"rules": [{"metric": "clean.accuracy", "op": ">=", "value": 0.5}]},
    "harden": {"train_dataset_id": "dst_x", "lambda": 1, "layers": ["conv1"]},
    "labels": {"a": "b"},
    "execution": {"shards": 2},
}


def fine(answer: httpx.Response) -> None:
    assert answer.status_code < 500, answer.text
    if answer.status_code >= 400:
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["status"] == answer.status_code


@FEW
@given(JSON)
def test_any_json(world: World, body: Any) -> None:
    for path in ("audits", "hardenings"):
        fine(world.api.post(f"/v1/{path}", content=json.dumps(body), headers={"Content-Type": "application/json"}))


@st.composite
def mutated(draw: st.DrawFn) -> dict[str, Any]:
    """A good body in which one to three places hold something else."""
    body = copy.deepcopy(GOOD)
    for _ in range(draw(st.integers(1, 3))):
        here: Any = body
        while True:
            keys = list(here) if isinstance(here, dict) else list(range(len(here)))
            if not keys:
                break
            key = draw(st.sampled_from(keys))
            if isinstance(here[key], dict | list) and draw(st.booleans()):
                here = here[key]
                continue
            here[key] = draw(JSON)
            break
    return body


@FEW
@given(mutated())
def test_good_bodies_with_wrong_places(world: World, body: dict[str, Any]) -> None:
    sent = {**body, "model_id": world.model} if body.get("model_id") == "mdl_x" else body
    fine(world.api.post("/v1/audits", content=json.dumps(sent), headers={"Content-Type": "application/json"}))


@FEW
@given(st.binary(max_size=300), st.sampled_from(["file", "metadata", "x"]), HEADER)
def test_any_multipart(world: World, data: bytes, name: str, kind: str) -> None:
    body = f'--B\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'.encode() + data + b"\r\n--B--\r\n"
    for sent in (body, data):
        for header in (
            "multipart/form-data; boundary=B",
            f"multipart/form-data; boundary={kind.strip()}",
            kind.strip(),
        ):
            fine(world.api.post("/v1/datasets", content=sent, headers={"Content-Type": header}))


@FEW
@given(HEADER, HEADER, st.text(max_size=20))
def test_any_header_and_query(world: World, one: str, two: str, query: str) -> None:
    path = f"/v1/models/{world.model}/content"
    fine(world.api.get(path, headers={"Range": one.strip(), "If-Range": two.strip()}))
    fine(world.api.get(path, headers={"If-None-Match": one.strip()}))
    fine(world.api.get("/v1/models", params={"limit": one, "cursor": query}))
    fine(world.api.get(f"/v1/models/{world.model}", params={"wait": "0" if "e" in two else two}))
    fine(world.api.get("/v1/audits/aud_none/report", headers={"Accept": two.strip()}))

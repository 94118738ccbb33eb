"""What all calls about analyses have in common: ETags, 404, 409, 422 and whose audit it is."""

import hashlib
import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from openapi.views.analyses import AnalysesView
from openapi.wire.blob_names import BlobDamaged
from openapi.wire.columns import MAGIC
from service.analyses.columns import ColumnsCache
from tests.service.analyses.conftest import Explored, Place, folder_of

CALLS = (
    "analyses",
    "layers",
    "neurons",
    "matrix",
    "images",
    "images/0",
    "clusters",
    "dendrogram",
    "embedding",
    "neurons/conv3/0",
    "explanations",
    "regions",
)
_BEFORE = (
    "This audit was made before its analyses could be asked for; start it again with POST /v1/audits and its "
    "`request`: what was computed is found again"
)
LISTS = ("layers", "neurons", "images", "clusters", "explanations", "regions")


@pytest.mark.parametrize("path", CALLS)
def test_the_same_address_is_not_sent_twice(explored: Explored, path: str) -> None:
    first = explored.ask(path)
    tag = first.headers["etag"]
    assert tag.startswith('"')
    assert explored.ask(path).headers["etag"] == tag
    again = explored.ask(path, headers={"If-None-Match": f'"other", {tag}'})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    if path in LISTS:
        assert explored.ask(path, params={"limit": 1}).headers["etag"] != tag
    assert explored.ask(path, headers={"If-None-Match": '"other"'}).status_code == 200


@pytest.mark.parametrize("path", CALLS)
def test_no_such_audit(place: Place, path: str) -> None:
    for identity in ("aud_none", place.model, "..%2f..%2fetc", "%00"):
        answer = place.api.get(f"/v1/audits/{identity}/{path}")
        assert answer.status_code == 404, answer.text
        assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("path", CALLS)
def test_an_audit_of_before_says_what_to_do(place: Place, path: str) -> None:
    identity = place.start()
    running = place.api.get(f"/v1/audits/{identity}/{path}")
    assert running.status_code == 409
    assert f"/v1/audits/{identity}?wait=60" in running.json()["detail"]
    place.leave(identity, None)
    answer = place.api.get(f"/v1/audits/{identity}/{path}")
    if path == "analyses":
        assert {(one["there"], one["detail"]) for one in answer.json()["items"]} == {(False, _BEFORE)}
        return
    assert (answer.status_code, answer.json()["detail"]) == (404, _BEFORE)


def test_what_is_there_is_answered_and_the_rest_says_how_to_ask(explored: Explored, plain: Explored) -> None:
    calls = {"neurons": "layers", "neurons.vulnerability": "matrix", "explain": "explanations", "regions": "regions"}
    for audited in (explored, plain):
        items = AnalysesView.model_validate_json(audited.ask("analyses").content).items
        there = {item.analysis: item.there for item in items}
        for analysis, path in calls.items():
            assert (audited.ask(path).status_code == 200) == there[analysis]
        assert all((item.detail is None) == item.there for item in items)
    lacks = {item.analysis: item.detail for item in items if not item.there}
    assert {"neurons.vulnerability", "explain", "regions"} <= {*lacks} < {*there}
    assert lacks["regions"] == 'not asked for: `regions` was null; an audit with {"regions": {}} has it'


async def test_a_damaged_file_is_no_file_of_columns(place: Place) -> None:
    blobs = place.worker.blobs
    for data in (b"", b"short", bytes(100), (10**6).to_bytes(8, "little") + MAGIC):
        blob = blobs.put_bytes(b"." + data)
        with pytest.raises(BlobDamaged):
            await ColumnsCache().open(blobs, blob.sha256, blob.size)


def test_answers_are_one_line_of_json(explored: Explored) -> None:
    for path in CALLS:
        body = explored.ask(path).text
        assert "\n" not in body
        assert json.loads(body)


def cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 3] ^= 1
    path.write_bytes(data)


@pytest.mark.parametrize("damage", [cut, flip, Path.unlink])
def test_a_file_that_was_damaged_is_an_error_and_no_answer(
    explored: Explored, place: Place, tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    data = bytearray(explored.audited.files["views"].read_bytes())
    data[0:4] = damage.__name__.encode()[:4]  # a file of its own: whole ones are remembered
    own = tmp_path / "views"
    own.write_bytes(data)
    identity = place.start()
    place.leave(identity, replace(explored.audited, files={**explored.audited.files, "views": own}))
    sha256 = hashlib.sha256(data).hexdigest()
    stored = folder_of(explored) / "blobs" / "blobs" / sha256[:2] / sha256
    stored.chmod(0o600)
    damage(stored)
    for path in (*CALLS, "images/0/benign.png"):
        answer = place.api.get(f"/v1/audits/{identity}/{path}")
        assert (answer.status_code, answer.headers["content-type"]) == (500, "application/problem+json")
        assert answer.json()["type"].endswith("/content-lost")

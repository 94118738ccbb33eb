"""What all calls about analyses have in common: ETags, 404, 409, 422 and whose audit it is."""

import json

import pytest

from openapi.wire.columns import MAGIC
from service.analyses.columns import ColumnsCache, Damaged
from tests.service.analyses.conftest import Explored, Place

CALLS = (
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


@pytest.mark.parametrize("path", CALLS)
def test_the_same_address_is_not_sent_twice(explored: Explored, path: str) -> None:
    first = explored.ask(path)
    tag = first.headers["etag"]
    assert tag.startswith('"')
    assert explored.ask(path).headers["etag"] == tag
    again = explored.ask(path, headers={"If-None-Match": f'"other", {tag}'})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
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
    assert answer.status_code == 404
    assert "start it again" in answer.json()["detail"]


async def test_a_damaged_file_is_no_file_of_columns(place: Place) -> None:
    blobs = place.worker.blobs
    for data in (b"", b"short", bytes(100), (10**6).to_bytes(8, "little") + MAGIC):
        blob = blobs.put_bytes(b"." + data)
        with pytest.raises(Damaged):
            await ColumnsCache().open(blobs, blob.sha256, blob.size)


def test_answers_are_one_line_of_json(explored: Explored) -> None:
    for path in CALLS:
        body = explored.ask(path).text
        assert "\n" not in body
        assert json.loads(body)

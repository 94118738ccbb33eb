"""Downloads: ranges, ETags, conditions, digests, HEAD; against RFC 9110's own examples where it has them."""

import base64
import hashlib

import httpx
import pytest

from openapi.request_errors import RangeNotSatisfiable
from service.http.content import disposition, parse_range
from tests.service.conftest import World, upload

DATA = bytes(range(256)) * 40
SHA = hashlib.sha256(DATA).hexdigest()
DIGEST = f"sha-256=:{base64.b64encode(hashlib.sha256(DATA).digest()).decode()}:"


@pytest.fixture(scope="module")
def path(world: World) -> str:
    return f"/v1/models/{upload(world.api, 'models', DATA)}/content"


def test_the_whole_content(world: World, path: str) -> None:
    answer = world.api.get(path)
    assert answer.status_code == 200
    assert answer.content == DATA
    assert answer.headers["etag"] == f'"{SHA}"'
    assert answer.headers["content-digest"] == DIGEST
    assert answer.headers["accept-ranges"] == "bytes"
    assert answer.headers["content-length"] == str(len(DATA))
    assert answer.headers["content-disposition"].startswith("attachment")


@pytest.mark.parametrize(
    ("header", "start", "end"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=0-499", 0, 500),
        ("bytes=500-999", 500, 1000),
        ("bytes=9500-", 9500, 10240),
        ("bytes=-500", 9740, 10240),
        ("bytes=-99999", 0, 10240),
        ("bytes=10000-99999", 10000, 10240),
    ],
)
def test_a_range(world: World, path: str, header: str, start: int, end: int) -> None:
    answer = world.api.get(path, headers={"Range": header})
    assert answer.status_code == 206
    assert answer.content == DATA[start:end]
    assert answer.headers["content-range"] == f"bytes {start}-{end - 1}/10240"
    assert answer.headers["content-length"] == str(end - start)
    assert "content-digest" not in answer.headers, "it would be that of the part"
    assert answer.headers["repr-digest"] == DIGEST


@pytest.mark.parametrize("header", ["bytes=10240-", "bytes=99999-100000", "bytes=-0"])
def test_a_range_outside_is_416(world: World, path: str, header: str) -> None:
    answer = world.api.get(path, headers={"Range": header})
    assert answer.status_code == 416
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["content-range"] == "bytes */10240"


@pytest.mark.parametrize("header", ["lines=1-2", "bytes=5-2", "bytes=a-b", "bytes=0-1,4-5", "bytes", "bytes=-"])
def test_other_ranges_are_ignored(world: World, path: str, header: str) -> None:
    answer = world.api.get(path, headers={"Range": header})
    assert (answer.status_code, answer.content) == (200, DATA)


@pytest.mark.parametrize("tags", [f'"{SHA}"', f'W/"{SHA}"', f'"other", "{SHA}"', "*"])
def test_a_known_content_is_not_sent_again(world: World, path: str, tags: str) -> None:
    answer = world.api.get(path, headers={"If-None-Match": tags})
    assert (answer.status_code, answer.content) == (304, b"")
    assert answer.headers["etag"] == f'"{SHA}"'


def test_if_none_match_comes_before_range(world: World, path: str) -> None:
    answer = world.api.get(path, headers={"If-None-Match": f'"{SHA}"', "Range": "bytes=0-1"})
    assert answer.status_code == 304
    assert world.api.get(path, headers={"If-None-Match": '"other"'}).status_code == 200


def test_if_range(world: World, path: str) -> None:
    same = world.api.get(path, headers={"Range": "bytes=0-9", "If-Range": f'"{SHA}"'})
    other = world.api.get(path, headers={"Range": "bytes=0-9", "If-Range": '"other"'})
    dated = world.api.get(path, headers={"Range": "bytes=0-9", "If-Range": "Wed, 21 Oct 2015 07:28:00 GMT"})
    assert [a.status_code for a in (same, other, dated)] == [206, 200, 200]


def test_head_tells_all_and_sends_nothing(world: World, path: str) -> None:
    head, full = world.api.head(path), world.api.get(path)
    assert head.status_code == 200
    assert head.content == b""
    for name in ("etag", "content-length", "content-digest", "accept-ranges", "content-type"):
        assert head.headers[name] == full.headers[name]
    part = world.api.head(path, headers={"Range": "bytes=0-9"})
    assert (part.status_code, part.headers["content-length"]) == (206, "10")


def test_an_interrupted_download_goes_on(world: World, path: str) -> None:
    with httpx.Client(base_url=world.api.base_url) as client:
        first = client.get(path, headers={"Range": "bytes=0-5000"})
        rest = client.get(path, headers={"Range": "bytes=5001-", "If-Range": first.headers["etag"]})
    assert hashlib.sha256(first.content + rest.content).hexdigest() == SHA


def test_parse_range_on_an_empty_content() -> None:
    assert parse_range(None, 0) is None
    for header in ("bytes=0-", "bytes=-1"):
        with pytest.raises(RangeNotSatisfiable):
            parse_range(header, 0)


def test_names_cannot_break_the_header() -> None:
    assert disposition('a"b\r\nX: y.onnx') == (
        "attachment; filename=\"a_b__X_ y.onnx\"; filename*=UTF-8''a%22b%5Cx0d%5Cx0aX%3A%20y.onnx"
    )
    assert disposition("größe.pt", inline=True) == "inline; filename=\"gr__e.pt\"; filename*=UTF-8''gr%C3%B6%C3%9Fe.pt"

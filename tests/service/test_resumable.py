"""Files in parts: tus 1.0 against a running API, and models and data sets made of them."""

import asyncio
import hashlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import boto3
import httpx
import pytest
from moto.server import ThreadedMotoServer
from sqlalchemy import update

from openapi.base import utc_now
from openapi.wire.settings import Settings
from service.context import Services
from service.db.resumable import ResumableUpload
from service.embedded.broker import Broker
from service.upkeep.examination import examine
from service.upkeep.keeper import tidy
from tests.service.conftest import World, empty_postgres, flush, make_settings, running
from tests.service.problems import is_problem
from tests.service.tus import KIND, LARGE, VERSION, b64, begin, blobs, digest, make, offset, send
from tests.service.worker import ProtocolWorker, until


@pytest.fixture(params=["SQLite and a folder", "PostgreSQL and S3"])
def installed(request: pytest.FixtureRequest, broker: Broker, tmp_path: Path) -> Iterator[Settings]:
    """Settings of both kinds of installation."""
    large: dict[str, Any] = {"max_dataset_bytes": 100_000_000, "min_free_bytes": 0}
    if request.param.startswith("SQLite"):
        yield make_settings(broker, tmp_path, **large)
        return
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    endpoint = f"http://{host}:{port}"
    names = {"aws_access_key_id": "test", "aws_secret_access_key": "test", "region_name": "us-east-1"}
    with closing(boto3.client("s3", endpoint_url=endpoint, **names)) as client:
        client.create_bucket(Bucket="tremor")
    large |= {"blob_url": "s3://tremor/some", "s3_endpoint": endpoint}
    large |= {"s3_access_key_id": "test", "s3_secret_access_key": "test"}
    database = empty_postgres(request.getfixturevalue("postgres"))
    yield make_settings(broker, tmp_path, database_url=database, **large)
    server.stop()


def test_two_apis_take_turns_at_the_parts_of_one_file(installed: Settings) -> None:
    flush(installed)
    worker = ProtocolWorker(installed)
    with closing(worker), running(installed) as one, running(installed) as other:
        path = begin(one, len(LARGE), Repr_Digest=digest(LARGE))
        third = len(LARGE) // 3
        for api, start, end in ((other, 0, third), (one, third, 2 * third), (other, 2 * third, len(LARGE))):
            answer = send(api, path, start, LARGE[start:end])
            assert (answer.status_code, answer.headers["upload-offset"]) == (204, str(end)), answer.text
            assert answer.headers["tus-resumable"] == "1.0.0"
            assert offset(one, path) == offset(other, path) == end
        listed = other.get("/v1/uploads", params={"sha256": hashlib.sha256(LARGE).hexdigest()}).json()["items"]
        assert [item["id"] for item in listed] == [path.rpartition("/")[2]]
        made = make(other, "datasets", path, {"name": "in parts"})
        assert made.status_code == 201, made.text
        found = made.json()
        assert (found["size"], found["sha256"]) == (len(LARGE), hashlib.sha256(LARGE).hexdigest())
        assert found["name"] == "in parts"
        assert worker.take().params["filename"] == "some.bin"
        assert one.get(f"/v1/datasets/{found['id']}/content").content == LARGE
        assert one.head(path, headers=VERSION).status_code == 404, "it was used up"
        again = make(one, "datasets", path)
        assert is_problem(again, 422, "validation")["errors"][0]["pointer"] == "/upload_id"
    asyncio.run(nothing_else(installed, found["sha256"]))


async def nothing_else(settings: Settings, sha256: str) -> None:
    """The store holds this blob alone, and the database names nothing that is not there."""
    services = Services.from_settings(settings)
    assert [blob.name async for blob in services.blobs.list_blobs()] == [sha256]
    assert await examine(services, older_than=timedelta(0)) == []
    await services.queue.aclose()
    await services.db.close()


def test_what_has_come_of_a_broken_part_is_kept(world: World) -> None:
    data = hashlib.sha256(b"broken").digest() * 80_000
    path = begin(world.api, len(data))

    def half() -> Iterator[bytes]:
        yield data[:2_000_000]
        until(lambda: any(file.stat().st_size for file in spool.glob("upload-*")))
        raise ConnectionAbortedError

    spool = world.settings.data_dir / "blobs" / "spool"
    with pytest.raises(ConnectionAbortedError):
        send(world.api, path, 0, half(), Content_Length=str(len(data)))
    until(lambda: offset(world.api, path) > 0)  # the service may notice a moment later that the connection is gone
    came = offset(world.api, path)
    assert 1 << 20 <= came <= 2_000_000
    assert send(world.api, path, came, data[came:]).status_code == 204
    made = make(world.api, "models", path).json()
    assert world.api.get(f"/v1/models/{made['id']}/content").content == data
    world.worker.do(world.worker.take())


def test_the_protocol_is_told(world: World) -> None:
    for path in ("/v1/uploads", "/v1/uploads/upl_some"):
        told = world.api.options(path)
        assert told.status_code == 204
        assert told.headers["tus-version"] == "1.0.0"
        assert told.headers["tus-max-size"] == "3000000"
        assert set(told.headers["tus-extension"].split(",")) >= {"creation", "termination", "checksum", "expiration"}
        assert "sha1" in told.headers["tus-checksum-algorithm"].split(",")
    assert "tus-version" not in world.api.options("/v1/models").headers


def test_the_first_part_may_come_with_the_creation(world: World) -> None:
    said = {**VERSION, **KIND, "Upload-Length": "10"}
    answer = world.api.post("/v1/uploads", content=b"01234", headers=said)
    assert (answer.status_code, answer.headers["upload-offset"]) == (201, "5")
    assert answer.headers["upload-expires"].endswith("GMT")
    path = answer.headers["location"]
    assert answer.json()["offset"] == 5
    early = make(world.api, "models", path)
    assert "5 of 10 bytes" in is_problem(early, 409, "not-ready")["detail"]
    told = world.api.head(path)
    assert (told.headers["cache-control"], told.headers["upload-length"]) == ("no-store", "10")
    assert world.api.delete(path, headers=VERSION).status_code == 204
    is_problem(world.api.get(path), 404, "not-found")
    is_problem(send(world.api, path, 5, b"56789"), 404, "not-found")


@pytest.mark.parametrize(
    ("headers", "status", "slug"),
    [
        ({"Upload-Length": "1"}, 412, "unsupported-version"),
        ({"Tus-Resumable": "0.2.2", "Upload-Length": "1"}, 412, "unsupported-version"),
        (VERSION, 400, "malformed-request"),
        ({**VERSION, "Upload-Length": "-1"}, 400, "malformed-request"),
        ({**VERSION, "Upload-Length": "1e3"}, 400, "malformed-request"),
        ({**VERSION, "Upload-Length": "3000001"}, 413, "too-large"),
        ({**VERSION, "Upload-Defer-Length": "1"}, 400, "malformed-request"),
        ({**VERSION, "Upload-Length": "1", "Upload-Concat": "partial"}, 400, "malformed-request"),
        ({**VERSION, "Upload-Length": "1", "Upload-Metadata": "filename ?"}, 400, "malformed-request"),
        ({**VERSION, "Upload-Length": "1", "Upload-Metadata": "a YQ==,a YQ=="}, 400, "malformed-request"),
        ({**VERSION, "Upload-Length": "1", "Repr-Digest": "sha-256=:YQ==:"}, 400, "malformed-request"),
        ({**VERSION, "Upload-Length": "1", "Repr-Digest": "md5=:YQ==:"}, 400, "malformed-request"),
    ],
)
def test_wrong_beginnings(world: World, headers: dict[str, str], status: int, slug: str) -> None:
    answer = world.api.post("/v1/uploads", headers=headers)
    is_problem(answer, status, slug)
    assert answer.headers["tus-resumable"] == "1.0.0"


def test_a_part_begins_where_the_last_has_ended(world: World) -> None:
    path = begin(world.api, 10)
    assert send(world.api, path, 0, b"0123").status_code == 204
    for wrong in (0, 3, 5, 10):
        assert is_problem(send(world.api, path, wrong, b"4"), 409, "conflict")["offset"] == 4
    is_problem(send(world.api, path, 4, b"x" * 7), 413, "too-large")
    answer = world.api.patch(
        path, content=b"4", headers={**VERSION, "Upload-Offset": "4", "Content-Type": "text/plain"}
    )
    is_problem(answer, 415, "unsupported-media-type")
    is_problem(world.api.patch(path, content=b"4", headers={**VERSION, **KIND}), 400, "malformed-request")
    assert offset(world.api, path) == 4
    assert world.api.delete(path).status_code == 204


def test_a_part_that_was_said_otherwise_is_thrown_away(world: World) -> None:
    data = b"0123456789"
    path, before = begin(world.api, len(data)), blobs(world.settings)
    for algorithm in ("sha1", "sha256", "sha512"):
        wrong = f"{algorithm} {b64(hashlib.new(algorithm, b'other').digest())}"
        is_problem(send(world.api, path, 0, data, Upload_Checksum=wrong), 460, "checksum-mismatch")
    is_problem(send(world.api, path, 0, data, Content_Digest=digest(b"other")), 400, "digest-mismatch")
    for unread in ("crc32 YQ==", "sha1", "sha1 YQ==", "sha256 ?"):
        is_problem(send(world.api, path, 0, data, Upload_Checksum=unread), 400, "malformed-request")
    assert (offset(world.api, path), blobs(world.settings)) == (0, before)
    right = f"sha1 {b64(hashlib.sha1(data[:4]).digest())}"
    assert send(world.api, path, 0, data[:4], Upload_Checksum=right).status_code == 204
    assert send(world.api, path, 4, data[4:], Content_Digest=digest(data[4:])).status_code == 204
    assert offset(world.api, path) == 10
    world.api.delete(path)
    assert blobs(world.settings) == before


def test_a_file_that_is_not_what_was_said_becomes_nothing(world: World) -> None:
    path = begin(world.api, 4, Repr_Digest=digest(b"said"))
    send(world.api, path, 0, b"se")
    send(world.api, path, 2, b"nt")
    answer = is_problem(make(world.api, "models", path), 422, "validation")
    assert hashlib.sha256(b"said").hexdigest() in answer["errors"][0]["detail"]
    sha256 = hashlib.sha256(b"sent").hexdigest()
    assert world.api.get("/v1/models", params={"sha256": sha256}).json()["items"] == []
    assert sha256 not in blobs(world.settings)
    world.api.delete(path)


def test_one_of_many_parts_at_one_place_is_kept(world: World) -> None:
    path = begin(world.api, 2000)
    bodies = [bytes([65 + i]) * 1000 for i in range(6)]

    def one(body: bytes) -> int:
        with httpx.Client(base_url=world.api.base_url, timeout=120) as client:
            return send(client, path, 0, body).status_code

    with ThreadPoolExecutor(6) as threads:
        statuses = sorted(threads.map(one, bodies))
    assert statuses == [204] + [409] * 5
    send(world.api, path, 1000, b"z" * 1000)
    made = make(world.api, "models", path).json()
    content = world.api.get(f"/v1/models/{made['id']}/content").content
    assert content[:1000] in bodies
    assert content[1000:] == b"z" * 1000
    world.worker.do(world.worker.take())


def test_the_same_request_makes_one_thing_once(world: World) -> None:
    path = begin(world.api, 3)
    send(world.api, path, 0, b"one")
    body = {"upload_id": path.rpartition("/")[2]}
    answers = [world.api.post("/v1/models", json=body, headers={"Idempotency-Key": "k17"}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    assert answers[1].headers["idempotency-replayed"] == "true"
    world.worker.do(world.worker.take())


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, ""),
        ({"upload_id": "a", "url": "http://a/b"}, ""),
        ({"upload_id": "upl_none"}, "/upload_id"),
        ({"upload_id": "u", "metadata": {"nme": 1}}, "/metadata/nme"),
    ],
)
def test_a_wrong_source_names_the_field(world: World, body: dict[str, object], pointer: str) -> None:
    errors = is_problem(world.api.post("/v1/models", json=body), 422, "validation")["errors"]
    assert [error["pointer"] for error in errors] == [pointer]
    large = world.api.post("/v1/models", content=b" " * 200_000, headers={"Content-Type": "application/json"})
    is_problem(large, 413, "too-large")


@pytest.mark.parametrize("field", ["Content-Digest", "Repr-Digest"])
def test_a_body_that_was_said_otherwise_is_refused(world: World, field: str) -> None:
    """Of a request with a file in it, and of one with JSON."""
    before = blobs(world.settings)
    file = world.api.build_request("POST", "/v1/models", files={"file": ("m", b"said by a hash")})
    for request in (file, world.api.build_request("POST", "/v1/policies", json={"name": field, "rules": []})):
        request.read()
        request.headers[field] = digest(b"other")
        is_problem(world.api.send(request), 400, "digest-mismatch")
        request.headers[field] = "sha-256=other"
        is_problem(world.api.send(request), 400, "malformed-request")
        request.headers[field] = digest(request.content) + ", unixsum=:AAA=:"
        assert world.api.send(request).status_code in (201, 422), "what is wrong else is told"
        if request is file:
            assert blobs(world.settings) - before == {hashlib.sha256(b"said by a hash").hexdigest()}
            world.api.delete(f"/v1/models/{world.api.get('/v1/models').json()['items'][0]['id']}")


def test_what_nobody_goes_on_with_goes(broker: Broker, tmp_path: Path) -> None:
    settings = make_settings(broker, tmp_path, db=5)
    flush(settings)
    with running(settings) as api:
        left, busy = begin(api, 10), begin(api, 10)
        for path in (left, busy):
            assert send(api, path, 0, path.encode()[-5:]).status_code == 204
        asyncio.run(let_expire(settings, left.rpartition("/")[2]))
        assert api.head(left, headers=VERSION).status_code == 404
        is_problem(send(api, left, 5, b"x"), 404, "not-found")
        assert [item["id"] for item in api.get("/v1/uploads").json()["items"]] == [busy.rpartition("/")[2]]
        assert len(blobs(settings)) == 2
        asyncio.run(_tidy(settings))
        assert blobs(settings) == {hashlib.sha256(busy.encode()[-5:]).hexdigest()}, "garbage that is named is none"
        assert offset(api, busy) == 5


async def let_expire(settings: Settings, identity: str) -> None:
    services = Services.from_settings(settings)
    async with services.db.write() as session:
        query = update(ResumableUpload).where(ResumableUpload.id == identity)
        await session.execute(query.values(expires_at=utc_now() - timedelta(seconds=1)))
    await services.queue.aclose()
    await services.db.close()


async def _tidy(settings: Settings) -> None:
    services = Services.from_settings(settings)
    await tidy(services, garbage=True)
    await services.queue.aclose()
    await services.db.close()

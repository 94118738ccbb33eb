"""Files that clients send directly to S3: real PUTs to signed addresses of a real S3 server, told to a running API."""

import asyncio
import hashlib
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

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
from service.resumable import in_store
from service.resumable.direct import Plan
from service.resumable.direct_store import DirectStore
from service.upkeep.keeper import tidy
from tests.service.conftest import World, flush, make_settings, running
from tests.service.problems import is_problem
from tests.service.tus import VERSION, make, send
from tests.service.worker import ProtocolWorker

MIB = 1 << 20
#: Two whole parts and a bit.
FILE = hashlib.sha256(b"direct").digest() * (33 * MIB // 32) + b"the end"
SHA256 = hashlib.sha256(FILE).hexdigest()


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(endpoint: str, tmp_path: Path) -> Iterator[Any]:
    """A bucket of the test's own, and a client of it."""
    names = {"aws_access_key_id": "test", "aws_secret_access_key": "test", "region_name": "us-east-1"}
    with closing(boto3.client("s3", endpoint_url=endpoint, **names)) as client:
        client.create_bucket(Bucket=tmp_path.name.replace("_", "-")[:60].strip("-"))
        yield client


@pytest.fixture
def installed(broker: Broker, tmp_path: Path, endpoint: str, bucket: Any) -> Settings:
    found = make_settings(
        broker,
        tmp_path,
        max_dataset_bytes=100_000_000,
        min_free_bytes=0,
        blob_url=f"s3://{tmp_path.name.replace('_', '-')[:60].strip('-')}/some",
        s3_endpoint=endpoint,
        s3_public_endpoint=endpoint.replace("127.0.0.1", "localhost"),
        s3_access_key_id="test",
        s3_secret_access_key="test",
    )
    flush(found)
    return found


def objects(bucket: Any, settings: Settings) -> set[str]:
    found = bucket.list_objects_v2(Bucket=urlsplit(settings.blobs).netloc).get("Contents", ())
    return {one["Key"] for one in found} - {"some/ready"}


def unfinished(bucket: Any, settings: Settings) -> list[str]:
    found = bucket.list_multipart_uploads(Bucket=urlsplit(settings.blobs).netloc).get("Uploads", ())
    return [one["Key"] for one in found]


def begin(api: httpx.Client, **said: Any) -> dict[str, Any]:
    answer = api.post("/v1/uploads/direct", json={"length": len(FILE), "filename": "some.npz", **said})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def put(part: dict[str, Any], part_size: int, data: bytes = FILE) -> dict[str, Any]:
    """Send a part as any HTTP client would, with nothing but its address."""
    start = (part["number"] - 1) * part_size
    answer = httpx.put(part["url"], content=data[start : start + part["size"]], timeout=60)
    assert answer.status_code == 200, answer.text
    return {"number": part["number"], "etag": answer.headers["etag"]}


def put_all(upload: dict[str, Any], data: bytes = FILE) -> list[dict[str, Any]]:
    return [put(part, upload["parts"]["part_size"], data) for part in upload["parts"]["items"]]


def end(api: httpx.Client, upload: dict[str, Any], sent: list[dict[str, Any]]) -> httpx.Response:
    return api.post(f"/v1/uploads/{upload['id']}/complete", json={"parts": sent})


def test_a_file_goes_to_the_store_and_becomes_a_data_set(installed: Settings, bucket: Any) -> None:
    worker = ProtocolWorker(installed)
    with closing(worker), running(installed) as api:
        upload = begin(api, sha256=SHA256)
        assert (upload["direct"], upload["offset"], upload["length"]) == (True, 0, len(FILE))
        parts = upload["parts"]["items"]
        assert [part["size"] for part in parts] == [16 * MIB, 16 * MIB, MIB + 7]
        for part in parts:  # everybody can see what is signed: the host that clients know, and the length
            address = urlsplit(part["url"])
            query = parse_qs(address.query)
            assert address.hostname == "localhost"
            assert query["X-Amz-SignedHeaders"] == ["content-length;host"]
            assert query["X-Amz-Expires"] == ["21600"]
        sent = put_all(upload)
        done = end(api, upload, sent)
        assert (done.status_code, done.json()["offset"], done.json()["parts"]) == (200, len(FILE), None), done.text
        assert end(api, upload, sent).json() == done.json(), "once more, the same answer"
        made = make(api, "datasets", done.headers.get("location", f"/v1/uploads/{upload['id']}"))
        assert (made.status_code, made.json()["sha256"], made.json()["size"]) == (201, SHA256, len(FILE)), made.text
        assert made.json()["name"] == "some.npz"
        assert api.get(f"/v1/datasets/{made.json()['id']}/content").content == FILE
        is_problem(api.get(f"/v1/uploads/{upload['id']}"), 404, "not-found")
        assert objects(bucket, installed) == {f"some/blobs/{SHA256[:2]}/{SHA256}"}
        assert unfinished(bucket, installed) == []


def test_a_file_is_read_from_the_store_by_who_asks_for_it(installed: Settings, bucket: Any) -> None:
    worker = ProtocolWorker(installed)
    with closing(worker), running(installed) as api:
        upload = begin(api, sha256=SHA256, filename="ümlaut.npz")
        end(api, upload, put_all(upload))
        dataset = make(api, "datasets", f"/v1/uploads/{upload['id']}").json()
        path = f"/v1/datasets/{dataset['id']}/content"
        answer = api.get(path, params={"redirect": "true"})
        assert (answer.status_code, answer.content, answer.headers["cache-control"]) == (307, b"", "private, no-store")
        address = answer.headers["location"]
        query = parse_qs(urlsplit(address).query)
        assert (urlsplit(address).hostname, query["X-Amz-Expires"]) == ("localhost", ["3600"])
        read = httpx.get(address, headers={"Range": "bytes=5-14"})
        assert (read.status_code, read.content) == (206, FILE[5:15])
        assert httpx.get(address).content == FILE
        assert query["response-content-disposition"][0].endswith("filename*=UTF-8''%C3%BCmlaut.npz")
        assert api.head(path, params={"redirect": "true"}).headers["etag"] == f'"{SHA256}"'
        assert api.get(path).status_code == 200, "who does not ask is not sent on"
    with running(installed.model_copy(update={"s3_public_endpoint": None})) as api:
        assert api.get(path, params={"redirect": "true"}).content == FILE, "clients have no way to the store"


def test_it_goes_on_after_the_api_and_the_client_were_gone(installed: Settings, bucket: Any) -> None:
    """Nothing of an upload is in a process: another API tells what has come, and gives new addresses for the rest."""
    with running(installed) as api:
        upload = begin(api, sha256=SHA256)
        put(upload["parts"]["items"][1], upload["parts"]["part_size"])
    with running(installed) as api:
        (listed,) = api.get("/v1/uploads", params={"sha256": SHA256}).json()["items"]
        assert (listed["id"], listed["direct"], listed["parts"]) == (upload["id"], True, None)
        again = api.get(f"/v1/uploads/{upload['id']}").json()
        assert again["expires_at"] > upload["expires_at"]
        assert [part["url"] is None for part in again["parts"]["items"]] == [False, True, False]
        refused = is_problem(end(api, upload, []), 409, "not-ready")
        assert (refused["missing"], refused["detail"][:28]) == ([1, 3], "The store has 1 of 3 parts o")
        for part in again["parts"]["items"]:
            if part["url"] is not None:
                put(part, again["parts"]["part_size"])
        # Killed between the store and the database: the store has made the file, and the row does not know.
        store = DirectStore.from_settings(installed)
        assert store is not None
        (begun,) = bucket.list_multipart_uploads(Bucket=urlsplit(installed.blobs).netloc)["Uploads"]
        parts = store.sent(upload["id"], begun["UploadId"])
        assert parts is not None
        store.complete(upload["id"], begun["UploadId"], parts)
    with running(installed) as api:
        assert end(api, upload, []).json()["offset"] == len(FILE)
        assert make(api, "datasets", f"/v1/uploads/{upload['id']}").json()["sha256"] == SHA256


def test_what_is_not_as_it_was_said_is_refused(installed: Settings, bucket: Any) -> None:
    with running(installed) as api:
        upload = begin(api, sha256="ab" * 32)
        sent = put_all(upload)
        other = [{**sent[0], "etag": '"0123"'}, *sent[1:]]
        is_problem(end(api, upload, other), 409, "conflict")
        is_problem(make(api, "datasets", f"/v1/uploads/{upload['id']}"), 409, "not-ready")
        assert end(api, upload, sent).status_code == 200
        refused = is_problem(make(api, "datasets", f"/v1/uploads/{upload['id']}"), 422, "validation")
        assert SHA256 in refused["detail"]
        assert f"some/blobs/{SHA256[:2]}/{SHA256}" not in objects(bucket, installed)
        is_problem(send(api, f"/v1/uploads/{upload['id']}", 0, b"some"), 409, "conflict")
        is_problem(make(api, "models", f"/v1/uploads/{upload['id']}"), 422, "validation")  # too large for a model
        assert api.delete(f"/v1/uploads/{upload['id']}").status_code == 204
        assert objects(bucket, installed) == set()
        is_problem(api.post("/v1/uploads/direct", json={"length": 10**9}), 413, "too-large")
        is_problem(api.post("/v1/uploads/direct", json={"length": 0}), 422, "validation")


def test_a_part_of_another_size_is_none(installed: Settings, endpoint: str) -> None:
    """AWS refuses it by the signed length; this server does not look at signatures, and the API sees it."""
    with running(installed) as api:
        upload = begin(api)
        sent = put_all(upload)
        httpx.put(upload["parts"]["items"][2]["url"], content=b"short", timeout=60)
        refused = is_problem(end(api, upload, sent), 409, "not-ready")
        assert refused["missing"] == [3]


def test_unfinished_ones_are_removed(installed: Settings, bucket: Any) -> None:
    with running(installed) as api:
        ended, expired, killed = begin(api), begin(api), begin(api)
        put(expired["parts"]["items"][0], expired["parts"]["part_size"])
        assert len(unfinished(bucket, installed)) == 3
        assert api.delete(f"/v1/uploads/{ended['id']}").status_code == 204
        assert len(unfinished(bucket, installed)) == 2

    async def later() -> list[str]:
        services = Services.from_settings(installed)
        async with services.db.write() as session:
            old = update(ResumableUpload).where(ResumableUpload.id == expired["id"])
            await session.execute(old.values(expires_at=utc_now() - timedelta(seconds=1)))
        await tidy(services, garbage=False)
        assert unfinished(bucket, installed) == [f"some/uploads/{killed['id']}"]
        async with services.db.write() as session:  # as if its row had never come
            row = await session.get(ResumableUpload, killed["id"])
            await session.delete(row)
        # Of multipart uploads this server tells no true age.
        bucket.put_object(Bucket=urlsplit(installed.blobs).netloc, Key="some/uploads/upl_1", Body=b"whole")
        assert "upl_1" not in await in_store.sweep(services), "it is young: its row may be about to come"
        found = await in_store.sweep(services, timedelta(0))
        await services.db.close()
        return found

    assert asyncio.run(later()) in (["upl_1"], ["upl_1", killed["id"]])
    assert objects(bucket, installed) == set()
    assert unfinished(bucket, installed) == []


def test_it_counts_from_its_beginning(installed: Settings, bucket: Any) -> None:
    narrow = installed.model_copy(update={"tenant_max_bytes": len(FILE) + 10})
    with running(narrow) as api:
        upload = begin(api)
        assert api.get("/v1/usage").json()["bytes"] == len(FILE)
        is_problem(api.post("/v1/uploads/direct", json={"length": 11}), 403, "quota-exceeded")
        assert len(unfinished(bucket, narrow)) == 1, "nothing is begun in the store of what is refused"
        api.delete(f"/v1/uploads/{upload['id']}")
        assert api.get("/v1/usage").json()["bytes"] == 0


def test_a_store_that_clients_do_not_reach_takes_nothing(world: World) -> None:
    refused = is_problem(world.api.post("/v1/uploads/direct", json={"length": 5}), 409, "conflict")
    assert "/v1/uploads" in refused["detail"]


def test_more_than_one_copy_can_hold_is_copied_in_parts(installed: Settings, bucket: Any) -> None:
    store = DirectStore.from_settings(installed)
    assert store is not None
    data = FILE[: 11 * MIB]
    bucket.put_object(Bucket=urlsplit(installed.blobs).netloc, Key=store.key("upl_1"), Body=data)
    store.settle("upl_1", len(data), "cd" * 32, step=5 * MIB)
    found = bucket.get_object(Bucket=urlsplit(installed.blobs).netloc, Key=f"some/blobs/cd/{'cd' * 32}")["Body"].read()
    assert found == data
    assert unfinished(bucket, installed) == []


@pytest.mark.parametrize("length", [1, 16 * MIB, 16 * MIB + 1, 10 << 30, 2**48 - 1])
def test_parts_hold_the_whole_file_and_are_few(length: int) -> None:
    sizes = list(Plan.of(length).sizes.values())
    assert sum(sizes) == length
    assert len(sizes) <= 500
    assert all(size >= 16 * MIB for size in sizes[:-1])


def test_who_may_not_send_patch_sends_post(world: World) -> None:
    made = world.api.post("/v1/uploads", headers={**VERSION, "Upload-Length": "4"})
    path = made.headers["location"]
    told = {**VERSION, "Content-Type": "application/offset+octet-stream", "Upload-Offset": "0"}
    answer = world.api.post(path, content=b"part", headers={**told, "X-HTTP-Method-Override": "PATCH"})
    assert (answer.status_code, answer.headers["upload-offset"]) == (204, "4")
    is_problem(world.api.post(path, headers={**VERSION, "X-HTTP-Method-Override": "PUT"}), 405, "method-not-allowed")
    is_problem(world.api.post(path, headers=VERSION), 405, "method-not-allowed")
    assert world.api.post(path, headers={**VERSION, "X-HTTP-Method-Override": "DELETE"}).status_code == 204
    is_problem(world.api.get(path), 404, "not-found")

"""The blob store against a local folder and against a real S3 server."""

import hashlib
import json
import socketserver
import threading
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from obstore.exceptions import BaseError

from openapi.problems import TooLarge, Unavailable
from openapi.wire.blob_names import BlobDamaged, BlobMissing
from openapi.wire.blobs import BlobStore
from openapi.wire.jobs import OutputFile, ShardResult
from openapi.wire.settings import Settings
from service.analyses.columns import ColumnsCache
from workers.reports.columns_file import ColumnsFile

DATA = bytes(range(256)) * 20_000


@pytest.fixture(scope="session")
def s3() -> Iterator[str]:
    import boto3
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    url = f"http://{host}:{port}"
    client = boto3.client(
        "s3", endpoint_url=url, region_name="us-east-1", aws_access_key_id="key", aws_secret_access_key="secret"
    )
    client.create_bucket(Bucket="tremor")
    client.close()
    yield url
    server.stop()


@pytest.fixture(params=["local", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> BlobStore:
    if request.param == "local":
        settings = Settings(data_dir=tmp_path)
    else:
        settings = Settings(
            data_dir=tmp_path,
            blob_url=f"s3://tremor/{tmp_path.name}",
            s3_endpoint=request.getfixturevalue("s3"),
            s3_access_key_id="key",
            s3_secret_access_key="secret",
        )
    return BlobStore.from_settings(settings)


async def chunks(data: bytes, size: int = 700_001) -> AsyncIterator[bytes]:
    for start in range(0, len(data), size):
        yield data[start : start + size]


async def test_stream_in_ranges_out(store: BlobStore, tmp_path: Path) -> None:
    blob = await store.put_stream(chunks(DATA), max_size=len(DATA))
    assert blob.sha256 == hashlib.sha256(DATA).hexdigest()
    assert blob.size == len(DATA)
    await store.require(blob.sha256, len(DATA))
    for start, end in [(0, None), (5, None), (0, 7), (1_000_000, 3_500_000), (4, 4)]:
        got = b"".join([part async for part in await store.open_range(blob.sha256, blob.size, start, end)])
        assert got == DATA[start:end]
    store.get_to(blob.sha256, tmp_path / "copy", tmp_path)
    assert (tmp_path / "copy").read_bytes() == DATA
    assert await store.put_stream(chunks(DATA), max_size=len(DATA)) == blob
    await store.check()


async def test_too_large_leaves_nothing(store: BlobStore, tmp_path: Path) -> None:
    with pytest.raises(TooLarge, match="larger than the 1000000 bytes"):
        await store.put_stream(chunks(DATA), max_size=1_000_000)
    assert not await store.exists_async(hashlib.sha256(DATA).hexdigest())
    assert not list(tmp_path.rglob("upload-*"))


async def test_an_upload_that_breaks_off_leaves_nothing(store: BlobStore, tmp_path: Path) -> None:
    async def broken() -> AsyncIterator[bytes]:
        yield b"half"
        raise ConnectionResetError("gone")

    with pytest.raises(ConnectionResetError):
        await store.put_stream(broken(), max_size=100)
    assert not await store.exists_async(hashlib.sha256(b"half").hexdigest())
    assert not list(tmp_path.rglob("upload-*"))


async def test_missing_and_deleted(store: BlobStore, tmp_path: Path) -> None:
    nowhere = "0" * 64
    assert not store.exists(nowhere)
    assert not await store.exists_async(nowhere)
    with pytest.raises(BlobMissing):
        store.read(nowhere)
    with pytest.raises(BlobMissing):
        store.get_to(nowhere, tmp_path / "x", tmp_path)
    with pytest.raises(BlobMissing):
        _ = [part async for part in await store.open_range(nowhere, 5)]
    blob = store.put_bytes(b"short")
    assert store.read(blob.sha256) == b"short"
    await store.delete_async(blob.sha256)
    await store.delete_async(blob.sha256)
    assert not store.exists(blob.sha256)
    with pytest.raises(BlobMissing):
        store.exists("../../etc/passwd")


def test_a_result_counts_only_with_its_files(store: BlobStore, tmp_path: Path) -> None:
    (tmp_path / "out.npz").write_bytes(b"numbers")
    blob = store.put_file(tmp_path / "out.npz")
    file = OutputFile(name="out.npz", kind="samples", format="npz", blob=blob)
    result = ShardResult(value={"correct": 3}, files={"samples": file}, seconds=1.5)
    key = "ab" * 32
    assert store.get_result(key) is None
    store.put_result(key, result)
    assert store.get_result(key) == result
    import asyncio

    asyncio.run(store.delete_async(blob.sha256))
    assert store.get_result(key) is None


def test_damage_is_noticed(tmp_path: Path) -> None:
    store = BlobStore.from_settings(Settings(data_dir=tmp_path))
    blob = store.put_bytes(DATA)
    stored = next((tmp_path / "blobs" / "blobs").rglob(blob.sha256))
    stored.write_bytes(DATA[:-1] + b"\x00")
    with pytest.raises(BlobDamaged):
        store.read(blob.sha256)
    with pytest.raises(BlobDamaged):
        store.get_to(blob.sha256, tmp_path / "copy", tmp_path)
    assert not (tmp_path / "copy").exists()


async def test_several_ranges_at_once(store: BlobStore) -> None:
    blob = store.put_bytes(DATA)
    ranges = [(5, 9), (0, 3), (1_000_000, 3_500_000), (5, 9), (len(DATA) - 1, len(DATA))]
    assert await store.read_ranges(blob.sha256, ranges) == [DATA[start:end] for start, end in ranges]
    with pytest.raises(BlobMissing):
        await store.read_ranges("0" * 64, [(0, 1)])


async def test_columns_are_read_slice_by_slice(store: BlobStore, tmp_path: Path) -> None:
    large = np.random.default_rng(0).normal(size=(300, 2, 4000)).astype(np.float32)  # beyond what is remembered whole
    small = np.arange(60, dtype=np.int64).reshape(20, 3)
    lines = [json.dumps({"line": i, "text": "é" * i}) for i in range(50)]
    with ColumnsFile(tmp_path / "columns") as file:
        file.array("small", small, "i8")
        assert file.rows("large", "f4", (2, 4000), (large[at : at + 70] for at in range(0, 300, 70))) == 300
        file.array("nothing", np.zeros((0, 3)), "f8")
        file.lines("lines", lines)
        file.facts["names"] = ["x" * 1000] * 100  # the index is larger than what is read at once
    blob = store.put_file(tmp_path / "columns")
    found = await ColumnsCache().open(store, blob.sha256, blob.size)
    assert found.facts["names"][99] == "x" * 1000
    assert (await found.whole("small")).tolist() == small.ravel().tolist()
    assert (await found.row("small", 7)).tolist() == small[7].tolist()
    for at, row in zip((299, 0, 150), await found.rows("large", [299, 0, 150]), strict=True):
        assert row.tolist() == large[at].ravel().tolist()
    assert (await found.between("large", 10, 12)).tolist() == large[10:12].ravel().tolist()
    assert [row.tolist() for row in await found.inside("large", 33, [1, 0])] == [
        large[33, 1].tolist(),
        large[33, 0].tolist(),
    ]
    assert (await found.whole("nothing")).tolist() == (await found.between("nothing", 0, 0)).tolist() == []
    assert await found.lines("lines", 48, 60) == ([line.encode() for line in lines[48:]], 50)
    assert await found.lines("lines", 60, 70) == ([], 50)
    with pytest.raises(IndexError):
        await found.rows("large", [300])


def test_a_store_that_falls_silent_is_given_up(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """It takes the request and says nothing more, or half of what it was asked for."""
    monkeypatch.setattr("openapi.wire.stores.SILENCE", timedelta(seconds=1))
    monkeypatch.setattr("openapi.wire.stores.PATIENCE", timedelta(seconds=2))
    head = "Content-Length: 1000", "Last-Modified: Fri, 27 Nov 2026 00:00:00 GMT", "ETag: x"
    half = "\r\n".join(("HTTP/1.1 200 OK", *head, "", "half")).encode()

    class Silent(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            if b"GET" in self.request.recv(65_536):
                self.request.sendall(half)
            while self.request.recv(65_536):  # until the other side gives up
                pass

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Silent) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        keys: dict[str, Any] = {"s3_access_key_id": "key", "s3_secret_access_key": "secret"}
        url = f"http://127.0.0.1:{server.server_address[1]}"
        store = BlobStore.from_settings(Settings(data_dir=tmp_path, blob_url="s3://bucket", s3_endpoint=url, **keys))
        with pytest.raises(BaseError):
            store.read("0" * 64)
        with pytest.raises(Unavailable):
            store.get_to("0" * 64, tmp_path / "x", tmp_path)
        with pytest.raises(BaseError):
            store.exists("0" * 64)
        with pytest.raises((Unavailable, BaseError)):
            store.put_bytes(b"data")
        server.shutdown()

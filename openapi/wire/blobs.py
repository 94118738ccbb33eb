"""Content-addressed blobs and shard results, in a local folder or in S3.

A blob is written once under its sha256 (``blobs/ab/abcd…``) and never changes; files are streamed, never whole in memory.
Writes are atomic in both stores: a reader sees the whole blob or none. The methods without suffix block and are the
workers'; those ending in ``_async`` are the service's.
"""

import asyncio
import hashlib
import os
import shutil
import tempfile
from collections.abc import AsyncIterable, AsyncIterator
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO, Self
from urllib.parse import urlsplit
from urllib.request import url2pathname

import obstore
from obstore.store import LocalStore, ObjectStore, S3Store

from openapi.problems import TooLarge, TremorError
from openapi.wire.jobs import Blob, ShardResult
from openapi.wire.private import private_folder
from openapi.wire.settings import Settings
from openapi.wire.spool import spooled, sweep

_CHUNK = 1 << 20


class BlobDamaged(TremorError):
    """A stored blob's bytes do not have the blob's hash."""


class BlobMissing(TremorError):
    """A blob that something refers to is not in the store."""


def _blob_key(sha256: str) -> str:
    if len(sha256) != 64 or not set(sha256) <= set("0123456789abcdef"):
        raise BlobMissing(f"{sha256!r} is not a sha256 in lower-case hexadecimal digits")
    return f"blobs/{sha256[:2]}/{sha256}"


def _result_key(key: str) -> str:
    return f"results/{key[:2]}/{key}.json"


def hash_file(path: Path) -> Blob:
    """Return the sha256 and the size of a file."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256")
        return Blob(sha256=digest.hexdigest(), size=file.tell())


class BlobStore:
    """Blobs by sha256 and shard results by result key.

    `store` is any obstore store; `spool` is a local folder for uploads on their way (for a local store on the same
    file system, so that a finished upload is renamed into its place instead of copied).
    """

    def __init__(self, store: ObjectStore, spool: Path, root: Path | None = None) -> None:
        self._store = store
        self._spool = spool
        self._root = root
        private_folder(spool)

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        """Open the store that the settings name; a local folder is made."""
        url = urlsplit(settings.blobs)
        if url.scheme == "file":
            root = Path(url2pathname(url.path))
            private_folder(root)
            return cls(LocalStore(root), root / "spool", root)
        config: dict[str, Any] = {"region": settings.s3_region or os.environ.get("AWS_REGION") or "us-east-1"}
        if settings.s3_endpoint:
            config["endpoint"] = settings.s3_endpoint
        if settings.s3_access_key_id and settings.s3_secret_access_key:
            config["access_key_id"] = settings.s3_access_key_id.get_secret_value()
            config["secret_access_key"] = settings.s3_secret_access_key.get_secret_value()
        plain = bool(settings.s3_endpoint and settings.s3_endpoint.startswith("http://"))
        store = S3Store(
            url.netloc,
            prefix=url.path.strip("/") or None,
            client_options={"allow_http": plain, "timeout": "600s", "connect_timeout": "10s"},
            **config,
        )
        return cls(store, settings.spool_dir)

    # Writing

    def put_file(self, path: Path) -> Blob:
        """Store a copy of a file; nothing is written when the content is there already."""
        blob = hash_file(path)
        if not self.exists(blob.sha256):
            with path.open("rb") as source:
                self._put(_blob_key(blob.sha256), source)
        return blob

    def put_bytes(self, data: bytes) -> Blob:
        """Store a small content."""
        blob = Blob(sha256=hashlib.sha256(data).hexdigest(), size=len(data))
        if not self.exists(blob.sha256):
            self._put(_blob_key(blob.sha256), BytesIO(data))
        return blob

    async def put_file_async(self, path: Path) -> Blob:
        """`put_file` off the event loop."""
        return await asyncio.to_thread(self.put_file, path)

    async def put_bytes_async(self, data: bytes) -> Blob:
        """`put_bytes` off the event loop."""
        return await asyncio.to_thread(self.put_bytes, data)

    async def put_stream(self, chunks: AsyncIterable[bytes], max_size: int) -> Blob:
        """Store what arrives in `chunks`; memory stays flat, nothing is left behind on failure.

        Raises `TooLarge` as soon as more than `max_size` bytes have come.
        """
        digest, size = hashlib.sha256(), 0
        with spooled(self._spool) as (path, file):
            async for chunk in chunks:
                size += len(chunk)
                if size > max_size:
                    raise TooLarge(f"The file is larger than the {max_size} bytes that this service takes")
                await asyncio.to_thread(_append, file, digest, chunk)
            await asyncio.to_thread(file.flush)
            blob = Blob(sha256=digest.hexdigest(), size=size)
            if not await self.exists_async(blob.sha256):
                await asyncio.to_thread(self._adopt, path, blob.sha256)
            return blob

    async def sweep_async(self) -> int:
        """Remove what processes that were killed in the middle of an upload left in the spool; returns how many files.

        Uploads of other living processes that share the spool stay.
        """
        return await asyncio.to_thread(sweep, self._spool)

    def _adopt(self, path: Path, sha256: str) -> None:
        if self._root is None:
            obstore.put(self._store, _blob_key(sha256), path)
            return
        self._place(path, _blob_key(sha256))

    def _put(self, key: str, source: BinaryIO) -> None:
        """Write an object whole or not at all; in a folder it is for this user alone."""
        if self._root is None:
            obstore.put(self._store, key, source)
            return
        with spooled(self._spool) as (path, file):
            shutil.copyfileobj(source, file, _CHUNK)
            file.flush()
            self._place(path, key)

    def _place(self, path: Path, key: str) -> None:
        assert self._root is not None
        target = self._root / key
        private_folder(target.parent)
        path.chmod(0o600)
        path.replace(target)

    # Reading

    def exists(self, sha256: str) -> bool:
        """Whether the blob is in the store."""
        try:
            obstore.head(self._store, _blob_key(sha256))
        except FileNotFoundError:
            return False
        return True

    def read(self, sha256: str) -> bytes:
        """Return a small blob's bytes, checked. `BlobMissing`, `BlobDamaged`."""
        try:
            data = bytes(obstore.get(self._store, _blob_key(sha256)).bytes())
        except FileNotFoundError as error:
            raise _missing(sha256) from error
        if hashlib.sha256(data).hexdigest() != sha256:
            raise _damaged(sha256)
        return data

    def get_to(self, sha256: str, path: Path) -> None:
        """Write a blob to a new file at `path`, checked by its hash; `path` appears whole or not at all.

        Raises `BlobMissing` or `BlobDamaged`.
        """
        handle, name = tempfile.mkstemp(prefix=".fetch-", dir=path.parent)
        partial, digest = Path(name), hashlib.sha256()
        try:
            with os.fdopen(handle, "wb") as file:
                for chunk in obstore.get(self._store, _blob_key(sha256)).stream(_CHUNK):
                    digest.update(chunk)
                    file.write(chunk)
            if digest.hexdigest() != sha256:
                raise _damaged(sha256)
            partial.chmod(0o400)
            partial.replace(path)
        except FileNotFoundError as error:
            raise _missing(sha256) from error
        finally:
            partial.unlink(missing_ok=True)

    async def exists_async(self, sha256: str) -> bool:
        """Whether the blob is in the store."""
        return await self.size_async(sha256) is not None

    async def size_async(self, sha256: str) -> int | None:
        """Size of a blob in bytes; None when it is not there."""
        try:
            return (await obstore.head_async(self._store, _blob_key(sha256)))["size"]
        except FileNotFoundError:
            return None

    async def read_async(self, sha256: str) -> bytes:
        """`read` off the event loop."""
        return await asyncio.to_thread(self.read, sha256)

    async def iter_range(self, sha256: str, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        """Stream the bytes ``[start, end)`` of a blob, to the end when `end` is None. `BlobMissing`."""
        key = _blob_key(sha256)
        if end is not None and end <= start:
            return
        wanted: Any = {"offset": start} if end is None else (start, end)
        options: Any = {} if start == 0 and end is None else {"range": wanted}
        try:
            answer = await obstore.get_async(self._store, key, options=options)
        except FileNotFoundError as error:
            raise _missing(sha256) from error
        async for chunk in answer.stream(_CHUNK):
            yield chunk

    async def delete_async(self, sha256: str) -> None:
        """Remove a blob; a missing one is fine."""
        try:
            await obstore.delete_async(self._store, _blob_key(sha256))
        except FileNotFoundError:
            return

    # Results

    def put_result(self, key: str, result: ShardResult) -> None:
        """Store a shard's result record, after its files are stored."""
        self._put(_result_key(key), BytesIO(result.model_dump_json().encode()))

    def get_result(self, key: str) -> ShardResult | None:
        """The result under `key`; None when there is none, or when one of its files is gone."""
        try:
            data = bytes(obstore.get(self._store, _result_key(key)).bytes())
        except FileNotFoundError:
            return None
        result = ShardResult.model_validate_json(data)
        return result if all(self.exists(file.blob.sha256) for file in result.files.values()) else None

    async def get_result_async(self, key: str) -> ShardResult | None:
        """`get_result` off the event loop."""
        return await asyncio.to_thread(self.get_result, key)

    async def delete_result_async(self, key: str) -> None:
        """Remove a result record; a missing one is fine."""
        try:
            await obstore.delete_async(self._store, _result_key(key))
        except FileNotFoundError:
            return

    async def check(self) -> None:
        """Raise whatever the store raises when it cannot be written and read; for `/health/ready`."""
        await asyncio.to_thread(self._put, "ready", BytesIO(b"ready"))
        await obstore.get_async(self._store, "ready")


def _append(file: Any, digest: Any, chunk: bytes) -> None:
    digest.update(chunk)
    file.write(chunk)


def _missing(sha256: str) -> BlobMissing:
    return BlobMissing(f"Blob {sha256} is not in the store; upload the file again")


def _damaged(sha256: str) -> BlobDamaged:
    return BlobDamaged(f"Blob {sha256} is damaged in the store: its bytes have another hash; upload the file again")

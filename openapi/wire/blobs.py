"""Content-addressed blobs and shard results, in a local folder or in S3.

A blob is written once under its sha256 (``blobs/ab/abcd…``) and never changes; files are streamed, never whole in memory.
Writes are atomic in both stores: a reader sees the whole blob or none. The methods without suffix block and are the
workers'; those ending in ``_async`` are the service's.
"""

import asyncio
import hashlib
import shutil
from collections.abc import AsyncIterable, AsyncIterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import IO, Any, Self

import obstore
from obstore.store import LocalStore, ObjectStore
from pydantic import ValidationError

from openapi.base import NEWER
from openapi.places import hide
from openapi.problems import InsufficientStorage, TooLarge
from openapi.wire import blob_reading
from openapi.wire.blob_listing import FRESH, Stored, stored
from openapi.wire.blob_names import blob_key, damaged, missing, result_key
from openapi.wire.disks import shortage
from openapi.wire.jobs import Blob, ShardResult
from openapi.wire.private import private_folder
from openapi.wire.settings import Settings
from openapi.wire.spool import settle, spooled, sweep
from openapi.wire.storage import arriving, writing
from openapi.wire.store_clock import READY, StoreClock
from openapi.wire.stores import local_root, s3_store

_CHUNK = 1 << 20
#: While an upload arrives, the disk is looked at again after so many bytes.
_ROOM_STEP = 16 << 20
_STORE = "The blob store"
#: A disk that hangs holds up this thread, and none that an upload needs.
_CHECKER = ThreadPoolExecutor(1, "check-blobs")
_MODE = 0o600


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

    def __init__(
        self, store: ObjectStore, spool: Path, root: Path | None = None, *, min_free: int | None = None
    ) -> None:
        self._store = store
        self._spool = spool
        self._root = root
        self._min_free = min_free
        for folder in (spool, root or spool):
            hide(folder)
        self._clock = StoreClock(store, lambda: self._put(READY, b"ready"))
        private_folder(spool)

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        """Open the store that the settings name; a local folder is made."""
        root = local_root(settings)
        if root is None:
            return cls(s3_store(settings), settings.spool_dir, min_free=settings.min_free_bytes)
        private_folder(root)
        return cls(LocalStore(root), root / "spool", root, min_free=settings.min_free_bytes)

    # Writing

    @property
    def spool(self) -> Path:
        """The local folder of what is on its way to the store."""
        return self._spool

    def check_space(self, wanted: int = 0) -> None:
        """Raise `InsufficientStorage` when the spool's disk has no room for so many bytes more."""
        if (reason := shortage(self._spool, self._min_free, wanted)) is not None:
            raise InsufficientStorage(f"The disk for uploads has no room: {reason}")

    def put_file(self, path: Path) -> Blob:
        """Store a copy of a file; nothing is written when the content is there already, and was written lately.

        Raises `InsufficientStorage` or `Unavailable`, as every method that writes.
        """
        blob = hash_file(path)
        if not self._is_fresh(blob):
            self._put(blob_key(blob.sha256), path)
        return blob

    def put_bytes(self, data: bytes) -> Blob:
        """Store a small content."""
        blob = Blob(sha256=hashlib.sha256(data).hexdigest(), size=len(data))
        if not self._is_fresh(blob):
            self._put(blob_key(blob.sha256), data)
        return blob

    def _put(self, key: str, content: Path | bytes) -> None:
        """Write an object, whole or not at all."""
        with writing(_STORE):
            if self._root is None:
                obstore.put(self._store, key, content)
                return
            # Not through the client of local folders: what it leaves when it is killed, nobody can tell from work.
            with spooled(self._spool) as (path, file):
                if isinstance(content, bytes):
                    file.write(content)
                else:
                    with content.open("rb") as source:
                        shutil.copyfileobj(source, file, _CHUNK)
                settle(path, file, self._root / key, _MODE)

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
        digest, size, checked = hashlib.sha256(), 0, 0
        with writing(_STORE), spooled(self._spool) as (path, file):
            async for chunk in chunks:
                if size >= checked:
                    self.check_space(len(chunk))
                    checked = size + _ROOM_STEP
                size += len(chunk)
                if size > max_size:
                    raise TooLarge(f"The file is larger than the {max_size} bytes that this service takes")
                await asyncio.to_thread(_append, file, digest, chunk)
            blob = Blob(sha256=digest.hexdigest(), size=size)
            await asyncio.to_thread(self._adopt, path, file, blob)
            return blob

    async def sweep_async(self) -> int:
        """Remove what processes that were killed in the middle of an upload left in the spool; returns how many files.

        Uploads of other living processes that share the spool stay.
        """
        return await asyncio.to_thread(sweep, self._spool)

    def _adopt(self, path: Path, file: IO[bytes], blob: Blob) -> None:
        if self._root is not None:
            # Also over what is there: it costs nothing, and mends a blob that was damaged.
            settle(path, file, self._root / blob_key(blob.sha256), _MODE)
            return
        # Also over what is there: an answer that came sooner would tell that somebody else has uploaded the file.
        file.flush()
        obstore.put(self._store, blob_key(blob.sha256), path)

    # Reading

    def exists(self, sha256: str) -> bool:
        """Whether the blob is in the store."""
        return self._head(sha256) is not None

    def _head(self, sha256: str) -> Stored | None:
        try:
            found = obstore.head(self._store, blob_key(sha256))
        except FileNotFoundError:
            return None
        return Stored(sha256, found["size"], found["last_modified"])

    def _is_fresh(self, blob: Blob) -> bool:
        """Whether the blob is there, whole, and so young that it is not taken for garbage before a row names it."""
        found = self._head(blob.sha256)
        return found is not None and found.size == blob.size and self._clock.now() - found.modified < FRESH

    def read(self, sha256: str) -> bytes:
        """Return a small blob's bytes, checked. `BlobMissing`, `BlobDamaged`."""
        try:
            data = bytes(obstore.get(self._store, blob_key(sha256)).bytes())
        except FileNotFoundError as error:
            raise missing(sha256) from error
        if hashlib.sha256(data).hexdigest() != sha256:
            raise damaged(sha256)
        return data

    def get_to(self, sha256: str, path: Path, spool: Path) -> None:
        """Write a blob to a new file at `path`, checked by its hash; `path` appears whole or not at all.

        It grows in the folder `spool` of the same disk. Raises `BlobMissing`, `BlobDamaged`, `InsufficientStorage`.
        """
        digest = hashlib.sha256()
        try:
            stream = obstore.get(self._store, blob_key(sha256)).stream(_CHUNK)
        except FileNotFoundError as error:
            raise missing(sha256) from error
        with writing("The folder of inputs"), spooled(spool) as (partial, file):
            for chunk in arriving(stream):
                digest.update(chunk)
                file.write(chunk)
            if digest.hexdigest() != sha256:
                raise damaged(sha256)
            settle(partial, file, path, 0o400, durable=False)

    async def exists_async(self, sha256: str) -> bool:
        """Whether the blob is in the store."""
        return await blob_reading.size_of(self._store, sha256) is not None

    async def require(self, sha256: str, size: int) -> None:
        """Raise `BlobMissing` or `BlobDamaged` unless a blob of this size is there."""
        await blob_reading.require(self._store, sha256, size)

    async def verify(self, sha256: str) -> None:
        """Raise `BlobMissing` or `BlobDamaged` unless the blob's bytes, all of which are read, have its hash."""
        await asyncio.to_thread(blob_reading.verify, self._store, sha256)

    async def read_async(self, sha256: str) -> bytes:
        """`read` off the event loop."""
        return await asyncio.to_thread(self.read, sha256)

    async def open_range(self, sha256: str, size: int, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        """The bytes ``[start, end)`` of a blob of this size, streamed; `BlobMissing`, `BlobDamaged` before the first."""
        return await blob_reading.open_range(self._store, sha256, size, start, end)

    async def read_ranges(self, sha256: str, ranges: Sequence[tuple[int, int]]) -> list[bytes]:
        """The bytes of several ranges ``[start, end)``, none of them empty. `BlobMissing`, `BlobDamaged`."""
        return await blob_reading.read_ranges(self._store, sha256, ranges)

    def list_blobs(self) -> AsyncIterator[Stored]:
        """Every blob in the store."""
        return stored(self._store, "blobs")

    def list_results(self) -> AsyncIterator[Stored]:
        """Every record of a result in the store."""
        return stored(self._store, "results")

    async def delete_async(self, sha256: str) -> None:
        """Remove a blob; a missing one is fine."""
        try:
            await obstore.delete_async(self._store, blob_key(sha256))
        except FileNotFoundError:
            return

    # Results

    def put_result(self, key: str, result: ShardResult) -> None:
        """Store a shard's result record, after its files are stored."""
        self._put(result_key(key), result.model_dump_json().encode())

    def get_result(self, key: str) -> ShardResult | None:
        """The result under `key`; None when there is none that can be read, or when one of its files is gone."""
        try:
            data = bytes(obstore.get(self._store, result_key(key)).bytes())
        except FileNotFoundError:
            return None
        try:
            result = ShardResult.model_validate_json(data, extra=NEWER)
        except ValidationError:
            return None
        return result if all(self.exists(file.blob.sha256) for file in result.files.values()) else None

    async def get_result_async(self, key: str) -> ShardResult | None:
        """`get_result` off the event loop."""
        return await asyncio.to_thread(self.get_result, key)

    async def delete_result_async(self, key: str) -> None:
        """Remove a result record; a missing one is fine."""
        with suppress(FileNotFoundError):
            await obstore.delete_async(self._store, result_key(key))

    async def check(self) -> None:
        """Raise whatever the store raises when it cannot be written and read; for `/health/ready`."""
        if self._root is not None:
            await asyncio.get_running_loop().run_in_executor(_CHECKER, self._put, READY, b"ready")
        else:
            await obstore.put_async(self._store, READY, b"ready")
        await obstore.get_async(self._store, READY)

    async def now(self) -> datetime:
        """The time by the clock that stamps what is stored, in whole seconds at some: something is written to see it."""
        await self.check()
        found: datetime = (await obstore.head_async(self._store, READY))["last_modified"]
        return found


def _append(file: Any, digest: Any, chunk: bytes) -> None:
    digest.update(chunk)
    file.write(chunk)

"""Reading blobs of an object store from the service: whatever is missing or has another size is said, never passed on.

`size` is always the one that was written down when the blob was stored.
"""

import hashlib
from collections.abc import AsyncIterator, Sequence
from typing import Any

import obstore
from obstore.exceptions import BaseError
from obstore.store import ObjectStore

from openapi.wire.blob_names import blob_key, damaged, missing

_CHUNK = 1 << 20


async def size_of(store: ObjectStore, sha256: str) -> int | None:
    """Size of a blob in bytes; None when it is not there."""
    try:
        return (await obstore.head_async(store, blob_key(sha256)))["size"]
    except FileNotFoundError:
        return None


async def require(store: ObjectStore, sha256: str, size: int) -> None:
    """Raise `BlobMissing` or `BlobDamaged` unless a blob of this size is there."""
    found = await size_of(store, sha256)
    if found is None:
        raise missing(sha256)
    if found != size:
        raise damaged(sha256)


async def open_range(
    store: ObjectStore, sha256: str, size: int, start: int = 0, end: int | None = None
) -> AsyncIterator[bytes]:
    """Open the bytes ``[start, end)`` of a blob; they are streamed, `BlobMissing` and `BlobDamaged` are raised at once."""
    end = size if end is None else end
    if start == end:
        await require(store, sha256, size)
        return _nothing()
    options: Any = {} if (start, end) == (0, size) else {"range": (start, end)}
    try:
        found = await obstore.get_async(store, blob_key(sha256), options=options)
    except FileNotFoundError as error:
        raise missing(sha256) from error
    except BaseError:
        await require(store, sha256, size)  # a range that is not there any more
        raise
    if found.meta["size"] != size:
        raise damaged(sha256)
    return _chunks(found)


async def _nothing() -> AsyncIterator[bytes]:
    return
    yield b""


async def _chunks(found: Any) -> AsyncIterator[bytes]:
    async for chunk in found.stream(_CHUNK):
        yield chunk


async def read_ranges(store: ObjectStore, sha256: str, ranges: Sequence[tuple[int, int]]) -> list[bytes]:
    """The bytes of several ranges ``[start, end)``, none of them empty; neighbours are read together.

    Raises `BlobMissing`, and `BlobDamaged` where the blob ends before a range does.
    """
    starts, ends = [start for start, _ in ranges], [end for _, end in ranges]
    try:
        found = await obstore.get_ranges_async(store, blob_key(sha256), starts=starts, ends=ends)
    except FileNotFoundError as error:
        raise missing(sha256) from error
    except BaseError as error:
        if (size := await size_of(store, sha256)) is not None and size < max(ends):
            raise damaged(sha256) from error
        raise
    data = [bytes(piece) for piece in found]
    if any(len(piece) != end - start for piece, (start, end) in zip(data, ranges, strict=True)):
        raise damaged(sha256)
    return data


def verify(store: ObjectStore, sha256: str) -> None:
    """Read all of a blob and raise `BlobMissing`, or `BlobDamaged` unless its bytes have its hash; it blocks."""
    digest = hashlib.sha256()
    try:
        for chunk in obstore.get(store, blob_key(sha256)).stream(_CHUNK):
            digest.update(chunk)
    except FileNotFoundError as error:
        raise missing(sha256) from error
    if digest.hexdigest() != sha256:
        raise damaged(sha256)

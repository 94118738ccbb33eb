"""What is done with files that went directly to S3, once they are there: their hash, their place, their end."""

import asyncio
import hashlib
import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Protocol

from sqlalchemy import select

from openapi.problems import InvalidField, Unavailable
from openapi.wire.blob_listing import GRACE
from openapi.wire.jobs import Blob
from service.db.clock import age_now
from service.db.database import Database
from service.db.resumable import ResumableUpload
from service.resumable.direct_store import DirectStore

#: Reading a file for its hash takes minutes: it holds none of the threads that all others need.
_HASHERS = ThreadPoolExecutor(2, "hash-uploads")

_log = logging.getLogger("tremor.uploads")


class HasStore(Protocol):
    """Whoever knows where uploads lie."""

    @property
    def db(self) -> Database:
        """Their rows."""

    @property
    def direct(self) -> DirectStore | None:
        """Their bytes; None where nothing goes there directly."""


def store_of(services: HasStore) -> DirectStore:
    """The store. Raises `Unavailable` where it is taken from no longer."""
    if services.direct is None:
        raise Unavailable("Files that were sent directly to the store are not taken at this moment")
    return services.direct


async def assembled(services: HasStore, row: ResumableUpload) -> Blob:
    """Read a whole file, once, for its hash, and copy it inside the store to the place of its content.

    One that has another hash than was said of it is not copied. Raises `InvalidField` where it is gone.
    """
    store = store_of(services)

    def read() -> Blob:
        digest, size = hashlib.sha256(), 0
        for chunk in store.read(row.id):
            digest.update(chunk)
            size += len(chunk)
        return Blob(sha256=digest.hexdigest(), size=size)

    loop = asyncio.get_running_loop()
    try:
        blob = await loop.run_in_executor(_HASHERS, read)
    except LookupError as error:
        raise InvalidField("/upload_id", "the file is not in the store any more; begin a new upload") from error
    if row.sha256 in (None, blob.sha256):
        await loop.run_in_executor(_HASHERS, store.settle, row.id, blob.size, blob.sha256)
    return blob


async def remove(store: DirectStore, identity: str, multipart: str | None) -> None:
    """Remove what lies in the store of an upload; where it does not answer, `sweep` does later."""
    try:
        await asyncio.to_thread(store.remove, identity, multipart)
    except Unavailable as error:
        _log.warning("what is left of %s in the store stays until it is swept: %s", identity, error)


async def discard(services: HasStore, row: ResumableUpload) -> None:
    """`remove` for an upload whose row is gone."""
    if row.multipart is not None and services.direct is not None:
        await remove(services.direct, row.id, row.multipart if row.received < row.length else None)


async def sweep(services: HasStore, older_than: timedelta = GRACE) -> list[str]:
    """Remove what no row names: of processes that were killed between the store and the database; returns the ids."""
    if (store := services.direct) is None:
        return []
    everything = await asyncio.to_thread(store.left)
    async with services.db.read() as session:
        before = await age_now(session) - older_than
        old = [left for left in everything if left.modified <= before]
        names = {left.upload for left in old}
        kept = set(await session.scalars(select(ResumableUpload.id).where(ResumableUpload.id.in_(names))))
    gone = [left for left in old if left.upload not in kept]
    for left in gone:
        await remove(store, left.upload, left.multipart)
    return sorted({left.upload for left in gone})

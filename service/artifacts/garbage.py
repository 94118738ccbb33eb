"""Removing blobs that nothing refers to any more."""

import logging
import re
from collections.abc import Iterator
from typing import Any, Protocol

from redis.exceptions import RedisError
from sqlalchemy import Select, Text, cast, select
from sqlalchemy.ext.asyncio import AsyncSession

from openapi.status import TERMINAL
from openapi.wire.blobs import BlobStore
from openapi.wire.queue import QueueClient
from service.db.database import Database
from service.db.resumable import ReceivedPart
from service.db.tables import Artifact, Dataset, Job, Model, ShardRow

_SHA256 = re.compile(r"\b[0-9a-f]{64}\b")

_log = logging.getLogger("tremor.blobs")

#: One lock for making rows that refer to blobs and for removing blobs, so that no blob goes while a row comes.
BLOB_LOCK = 0x626C6F62


def _chunks(items: list[str], size: int = 500) -> Iterator[list[str]]:
    return (items[i : i + size] for i in range(0, len(items), size))


async def referred(session: AsyncSession, shas: set[str]) -> set[str]:
    """Those of the blobs that some row names; the JSON of shards and data sets is searched as text, in one pass."""
    found: set[str] = set()
    for column in (Model.sha256, Dataset.sha256, Artifact.sha256, ReceivedPart.sha256):
        for chunk in _chunks(sorted(shas)):
            found |= set(await session.scalars(select(column).where(column.in_(chunk))))
    # A job that has ended needs its inputs no more, and neither what was prepared of them.
    unfinished, kept = Job.status.not_in(TERMINAL), ShardRow.stage != "prepare"
    texts: tuple[Select[Any], ...] = (
        select(cast(Dataset.files, Text)).where(Dataset.files.is_not(None)),
        select(cast(ShardRow.message, Text)).join(Job).where(unfinished),
        select(cast(ShardRow.result, Text)).join(Job).where(ShardRow.result.is_not(None), unfinished | kept),
    )
    for query in texts:
        async for text in await session.stream_scalars(query):
            found |= shas.intersection(_SHA256.findall(text))
    return found


async def referred_results(session: AsyncSession, keys: set[str]) -> set[str]:
    """Those of the records of results that some step names."""
    found: set[str] = set()
    for chunk in _chunks(sorted(keys)):
        found |= set(await session.scalars(select(ShardRow.result_key).where(ShardRow.result_key.in_(chunk))))
    return found


class Stores(Protocol):
    """Where things are kept."""

    @property
    def db(self) -> Database:
        """The rows that refer to blobs."""

    @property
    def blobs(self) -> BlobStore:
        """The blobs, and the records of results."""

    @property
    def queue(self) -> QueueClient | None:
        """Those who may have copies; None where they cannot be told."""


async def collect(services: Stores, shas: set[str], result_keys: set[str]) -> list[str]:
    """Delete those blobs and result records that no row refers to; call it after the commit that removed rows.

    Returns the blobs that are gone.
    """
    async with services.db.write() as session:
        await services.db.lock(session, BLOB_LOCK)
        for key in result_keys - await referred_results(session, result_keys):
            await services.blobs.delete_result_async(key)
        gone = sorted(shas - await referred(session, shas))
        for sha256 in gone:
            await services.blobs.delete_async(sha256)
    try:
        if services.queue is not None:
            await services.queue.forget(gone)
    except (RedisError, OSError) as error:
        _log.warning("cannot tell the workers what was deleted: %s; they will see it later", error)
    return gone

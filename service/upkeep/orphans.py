"""Content that nothing refers to: what a killed API had stored before its row came, what a lost worker left."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from obstore.exceptions import BaseError

from openapi.problems import TremorError
from openapi.wire.blob_listing import GRACE, Stored
from service.artifacts.garbage import Stores, collect, referred, referred_results
from service.db.clock import age_now

#: Stores tell times in whole seconds, cut off.
_UNCERTAIN = timedelta(seconds=1)


@dataclass(frozen=True)
class Orphans:
    """Blobs and records of results that no row names, all older than asked for."""

    blobs: dict[str, Stored]
    results: dict[str, Stored]

    @property
    def bytes(self) -> int:
        """Their size."""
        return sum(found.size for kept in (self.blobs, self.results) for found in kept.values())


async def orphans(services: Stores, older_than: timedelta = GRACE) -> Orphans:
    """Look for them. Younger content may be somebody's who has not told of it yet."""
    async with services.db.read() as session:
        now = await age_now(session)
    now = min(now, await _store_now(services, now))
    blobs = {found.name: found async for found in services.blobs.list_blobs() if found.modified <= now - older_than}
    results = {found.name: found async for found in services.blobs.list_results() if found.modified <= now - older_than}
    async with services.db.read() as session:
        named, keys = await referred(session, set(blobs)), await referred_results(session, set(results))
    return Orphans(
        {name: found for name, found in blobs.items() if name not in named},
        {name: found for name, found in results.items() if name not in keys},
    )


async def _store_now(services: Stores, ours: datetime) -> datetime:
    """The latest that it may be by the store's clock: a process that began with a clock far ahead knows no better.

    A full store can be asked for nothing and must be cleared all the same: then it is our own time.
    """
    try:
        return await services.blobs.now() + _UNCERTAIN
    except (TremorError, BaseError, OSError):
        return ours


async def sweep(services: Stores, older_than: timedelta = GRACE) -> Orphans:
    """Remove them; what was referred to meanwhile stays."""
    found = await orphans(services, older_than)
    if found.blobs or found.results:
        await collect(services, set(found.blobs), set(found.results))
    return found

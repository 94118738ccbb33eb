"""The loop that keeps an installation in order: retention, and garbage."""

import asyncio
import logging
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from obstore.exceptions import BaseError
from redis.exceptions import RedisError
from sqlalchemy.exc import DBAPIError

from openapi.problems import TremorError
from service.context import Services
from service.orchestrator.shielding import shielded
from service.resumable import in_store
from service.resumable.expiry import expire
from service.upkeep.orphans import sweep
from service.upkeep.retention import retain

#: Seconds between two looks at what is too old or too much, and looks at it between two for garbage, which lists the
#: whole store.
_PAUSE = 600.0
_LOOKS = 36

_log = logging.getLogger("tremor.upkeep")


@asynccontextmanager
async def kept_in_order(services: Services) -> AsyncIterator[None]:
    """Keep order inside the block. Several processes may: what one removes is gone for the others."""
    task = asyncio.create_task(_keep(services), name="upkeep")
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _keep(services: Services) -> None:
    turn = 0
    while True:
        await asyncio.sleep(_PAUSE * random.uniform(0.5, 1.5))  # not all processes at once
        try:
            await shielded(tidy(services, garbage=turn % _LOOKS == 0))
        except (RedisError, OSError, DBAPIError, BaseError, TremorError) as error:
            _log.warning("cannot keep order now: %s; trying again later", error)
        except Exception:
            _log.exception("cannot keep order")
        turn += 1


async def tidy(services: Services, *, garbage: bool) -> None:
    """Delete what retention says, uploads of which nothing came any more, and with `garbage` what nothing refers to."""
    settings = services.settings
    if gone := await expire(services):
        _log.info("removed uploads that had expired: %s", ", ".join(gone))
    if settings.retention_days is not None or settings.retention_bytes is not None:
        await retain(services, settings.retention_days, settings.retention_bytes)
    if garbage:
        found = await sweep(services)
        if found.blobs or found.results:
            _log.info("removed %d blobs and %d results that nothing refers to", len(found.blobs), len(found.results))
        if left := await in_store.sweep(services):
            _log.info("removed what was left in the store of uploads that ended: %s", ", ".join(left))

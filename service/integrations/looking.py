"""The loop that looks at what is registered: whatever events miss, it finds. One process looks at a time."""

import asyncio
import logging
import random
import time
from collections.abc import Callable
from datetime import timedelta

from sqlalchemy.exc import DBAPIError

from openapi.base import utc_now
from openapi.problems import Problem, problem
from openapi.wire.logs import regarding
from service.context import Services
from service.db.integrations import Integration
from service.integrations.base import Gone, NotYet, Registry, Version
from service.integrations.config import poll_seconds
from service.integrations.registries import registry_of
from service.integrations.rows import CLAIM, CLAIM_AGAIN, claim_look, note, unstorable
from service.orchestrator.shielding import shielded
from service.tenants.caller import log_ids
from service.vault import CannotOpen

_log = logging.getLogger("tremor.registries")

#: Under this key the hub wakes the loop that works.
INTAKE = "registries"
#: Registries that are looked at at the same time, so that a slow one holds up itself alone.
_MOST_AT_ONCE = 8
#: Versions that are noted in one transaction.
_BATCH = 100
#: After so long the log says again what is still wrong.
_REMIND_SECONDS = 3600.0
#: Longest that one look may take.
_SECONDS = 900.0


class Told:
    """What the log was told of each integration, so that one failing for days does not fill it."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._last: dict[str, tuple[str, float]] = {}

    def is_news(self, identity: str, said: str) -> bool:
        """Whether to say this now: it is something else than the last time, or that was long ago."""
        before, now = self._last.get(identity), self._clock()
        if before is not None and before[0] == said and now - before[1] < _REMIND_SECONDS:
            return False
        self._last[identity] = (said, now)
        return True

    def is_over(self, identity: str) -> bool:
        """Nothing is wrong now; whether something was."""
        return self._last.pop(identity, None) is not None


class Looker:
    """Looks at one registry after the other."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self.busy: set[asyncio.Task[None]] = set()
        self._told = Told()

    async def begin(self) -> bool:
        """Begin to look at the registry that has waited longest; False: none is to be looked at."""
        if len(self.busy) >= _MOST_AT_ONCE:
            return False
        row = await shielded(claim_look(self._services.db))
        if row is None:
            return False
        task = asyncio.create_task(self._look(row), name=f"look at {row.id}")
        self.busy.add(task)
        task.add_done_callback(self.busy.discard)
        return True

    async def _look(self, row: Integration) -> None:
        holding = asyncio.create_task(self._hold(row.id))
        with regarding(integration=row.id, **log_ids(row.tenant_id)):
            try:
                await self._end(row, await self._found(row))
            except DBAPIError as error:
                _log.warning("integration %s waits: %s", row.id, error)
            finally:
                holding.cancel()
                await asyncio.gather(holding, return_exceptions=True)

    async def _found(self, row: Integration) -> Problem | None:
        """Note what is registered and not known yet; returns what went wrong."""
        try:
            async with asyncio.timeout(_SECONDS), registry_of(self._services, row) as registry:
                await self._read(registry)
        except (NotYet, Gone, CannotOpen) as error:
            said = str(error)
        except TimeoutError:
            said = f"looking at what is registered took more than {_SECONDS:g} s"
        except DBAPIError:
            raise
        except Exception as error:
            said = "the registry answers in no way that is understood"
            if self._told.is_news(row.id, f"{said}: {error!r}"):
                _log.exception("integration %s: %s", row.id, said)
            return problem("unavailable", said)
        else:
            if self._told.is_over(row.id):
                _log.info("integration %s: the registry can be read again", row.id)
            return None
        if self._told.is_news(row.id, said):
            _log.warning("integration %s: %s; trying again", row.id, said)
        return problem("unavailable", said)

    async def _read(self, registry: Registry) -> None:
        batch: list[Version] = []
        async for version in registry.versions():
            if registry.config.applies(version.model) and unstorable(version) is None:
                batch.append(version)
            if len(batch) >= _BATCH:
                await shielded(self._note(registry.config.id, batch))
                batch = []
        await shielded(self._note(registry.config.id, batch))

    async def _note(self, integration_id: str, batch: list[Version]) -> None:
        if not batch:
            return
        async with self._services.db.write() as session:
            noted = [await note(self._services.db, session, integration_id, version) for version in batch]
        news = sum(is_new for found in noted if found is not None for is_new in found[1:])
        if news:
            _log.info("integration %s has %d new versions", integration_id, news)
            self._services.hub.notify((INTAKE,))

    async def _hold(self, identity: str) -> None:
        """Keep an integration while it is looked at, so that no other process looks as well."""
        while True:
            await asyncio.sleep(CLAIM_AGAIN)
            try:
                async with self._services.db.write() as session:
                    row = await session.get(Integration, identity)
                    if row is not None and row.next_poll_at is not None and row.next_poll_at > utc_now():
                        row.next_poll_at = utc_now() + CLAIM
            except DBAPIError as error:
                _log.warning("cannot keep integration %s: %s", identity, error)

    async def _end(self, seen: Integration, wrong: Problem | None) -> None:
        async with self._services.db.write() as session:
            row = await session.get(Integration, seen.id, with_for_update=True)
            if row is None:
                return
            row.last_poll_at = utc_now()
            row.problem = None if wrong is None else wrong.model_dump(mode="json", exclude_none=True)
            if row.next_poll_at is not None:
                # Not those that were made together all at once.
                row.next_poll_at = utc_now() + timedelta(seconds=poll_seconds(row) * random.uniform(0.9, 1.1))

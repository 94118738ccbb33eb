"""The loops of registries: one looks at what is registered, one does what is to be done; any process may run them.

Events of a registry only make it quicker: whatever they miss, the first loop finds.
"""

import asyncio
import logging
import random
from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Any

from sqlalchemy.exc import DBAPIError

from openapi.base import utc_now
from openapi.problems import (
    InsufficientStorage,
    Problem,
    QuotaExceeded,
    RateLimited,
    TremorError,
    Unavailable,
    problem,
)
from openapi.wire.logs import regarding
from service.context import Services
from service.db.tables import RegistryVersion
from service.integrations.auditor import AlreadyBegun, Auditor
from service.integrations.base import Gone, NotYet, Registry, Version
from service.integrations.rows import CLAIM, CLAIM_AGAIN, LONGEST_PAUSE, claim, note, pause, unstorable
from service.orchestrator.shielding import shielded
from service.tenants.caller import Caller, log_ids

_log = logging.getLogger("tremor.registries")

#: Under this key the hub wakes the loop that works.
INTAKE = "registries"
_LOOK_SECONDS = 2.0
#: Versions of a registry that are worked on at the same time.
_MOST_AT_ONCE = 4
#: Versions that are noted in one transaction.
_BATCH = 100
#: What will be otherwise later.
_PASSING = (RateLimited, QuotaExceeded, InsufficientStorage, Unavailable)


class Syncer:
    """The loops of one process."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._tasks: list[asyncio.Task[None]] = []
        self._busy: set[asyncio.Task[None]] = set()

    def start(self) -> None:
        """Begin, where there are registries."""
        for registry in self._services.registries.all:
            for loop in (self._poll, self._work):
                name = f"{loop.__name__} {registry.config.name}"
                self._tasks.append(asyncio.create_task(self._run(loop, registry), name=name))

    async def stop(self) -> None:
        """End; what is in work is taken up by the next process."""
        tasks = [*self._tasks, *self._busy]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _run(self, loop: Callable[[Registry], Coroutine[Any, Any, float]], registry: Registry) -> None:
        """Run a loop's rounds for ever, whatever goes wrong in one; each says how long it rests."""
        while True:
            rest = _LOOK_SECONDS
            try:
                rest = await loop(registry)
            except DBAPIError as error:
                _log.warning("registry %s: %s; trying again", registry.config.name, error)
            except Exception:
                _log.exception("registry %s", registry.config.name)
            await asyncio.sleep(rest)

    # What is registered

    async def _poll(self, registry: Registry) -> float:
        """Note what is registered and not known yet."""
        try:
            batch: list[Version] = []
            async for version in registry.versions():
                if registry.config.rule_for(version.model) is not None and unstorable(version) is None:
                    batch.append(version)
                if len(batch) >= _BATCH:
                    await shielded(self._note(registry, batch))
                    batch = []
            await shielded(self._note(registry, batch))
        except (NotYet, Gone) as error:
            _log.warning("registry %s: %s; trying again", registry.config.name, error)
        except DBAPIError:
            raise
        except Exception:
            _log.exception("registry %s answers in no way that is understood", registry.config.name)
        return registry.config.poll_seconds * random.uniform(0.9, 1.1)  # not all processes at once

    async def _note(self, registry: Registry, batch: list[Version]) -> None:
        if not batch:
            return
        async with self._services.db.write() as session:
            news = [(await note(self._services.db, session, registry.config, version))[1] for version in batch]
        if any(news):
            _log.info("registry %s has %d new versions", registry.config.name, sum(news))
            self._services.hub.notify((INTAKE,))

    # What is to be done

    async def _work(self, registry: Registry) -> float:
        """Begin what is to be done about one version, or wait until there is something."""
        row = await shielded(self._claim(registry)) if len(self._busy) < _MOST_AT_ONCE else None
        if row is None:
            await self._services.hub.wait(INTAKE, _LOOK_SECONDS)
            return _LOOK_SECONDS if self._services.hub.closed else 0.0
        task = asyncio.create_task(self._do(registry, row), name=f"version {row.id}")
        self._busy.add(task)
        task.add_done_callback(self._free)
        return 0.0

    def _free(self, task: asyncio.Task[None]) -> None:
        self._busy.discard(task)
        self._services.hub.notify((INTAKE,))

    async def _claim(self, registry: Registry) -> RegistryVersion | None:
        async with self._services.db.write() as session:
            return await claim(session, registry.config)

    async def _do(self, registry: Registry, row: RegistryVersion) -> None:
        auditor = Auditor(self._services.of(Caller(registry.config.tenant)), registry)
        holding = asyncio.create_task(self._hold(row.id))
        with regarding(registry=row.source, version=row.id, **log_ids(row.tenant_id)):
            try:
                await shielded(self._step(auditor, row))
            except DBAPIError as error:
                _log.warning("version %s of %s waits: %s", row.version, row.model, error)
            finally:
                holding.cancel()
                await asyncio.gather(holding, return_exceptions=True)

    async def _step(self, auditor: Auditor, row: RegistryVersion) -> None:
        try:
            if row.status == "queued":
                await auditor.begin(row)
            else:
                await auditor.tell(row)
                await self._end(row, None)
        except AlreadyBegun:
            return
        except Gone as error:
            await self._end(row, problem("not-found", f"The registry has this version no more: {error}"))
        except (NotYet, *_PASSING) as error:
            await self._later(row, error)
        except TremorError as error:
            await self._refuse(row, error)
        except DBAPIError:
            raise
        except Exception as error:
            _log.exception("version %s of %s cannot be gone on with", row.version, row.model)
            await self._later(row, error)

    async def _hold(self, identity: str) -> None:
        """Keep a row while it is worked on, so that no other process takes it up."""
        while True:
            await asyncio.sleep(CLAIM_AGAIN)
            try:
                async with self._services.db.write() as session:
                    row = await session.get(RegistryVersion, identity)
                    if row is not None and row.next_attempt_at is not None and row.next_attempt_at > utc_now():
                        row.next_attempt_at = utc_now() + CLAIM
            except DBAPIError as error:
                _log.warning("cannot keep version %s: %s", identity, error)

    async def _end(self, seen: RegistryVersion, why: Problem | None) -> None:
        async with self._services.db.write() as session:
            row = await session.get(RegistryVersion, seen.id)
            if row is not None:
                row.status = "refused" if seen.status == "refused" else "done"
                row.next_attempt_at, row.attempt_count = None, 0
                row.problem = why.model_dump(mode="json", exclude_none=True) if why is not None else row.problem

    async def _refuse(self, seen: RegistryVersion, error: TremorError) -> None:
        _log.warning("version %s of %s is refused: %s", seen.version, seen.model, error.detail)
        async with self._services.db.write() as session:
            row = await session.get(RegistryVersion, seen.id)
            if row is not None and row.audit_id is None:
                row.status, row.next_attempt_at, row.attempt_count = "refused", utc_now(), 0
                row.problem = error.problem().model_dump(mode="json", exclude_none=True)
            elif row is not None:  # it is audited, and the registry cannot be told of it
                row.next_attempt_at = utc_now() + LONGEST_PAUSE

    async def _later(self, seen: RegistryVersion, error: Exception) -> None:
        async with self._services.db.write() as session:
            row = await session.get(RegistryVersion, seen.id)
            if row is None:
                return
            row.attempt_count += 1
            wait = max(pause(row.attempt_count), timedelta(seconds=getattr(error, "retry_after", 0)))
            row.next_attempt_at = utc_now() + wait
            row.problem = problem("unavailable", str(error)).model_dump(mode="json", exclude_none=True)
        _log.warning("version %s of %s waits: %s", seen.version, seen.model, error)

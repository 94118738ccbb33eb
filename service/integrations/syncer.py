"""The loops of registries: one looks at what is registered, one does what is to be done; any process may run them.

Events of a registry only make it quicker: whatever they miss, the first loop finds.
"""

import asyncio
import logging
from collections import Counter
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
from service.db.integrations import Integration, RegistryVersion
from service.integrations.auditor import AlreadyBegun, Auditor
from service.integrations.base import Gone, NotYet
from service.integrations.looking import INTAKE, Looker
from service.integrations.registries import registry_of
from service.integrations.rows import CLAIM, CLAIM_AGAIN, LONGEST_PAUSE, claim, pause
from service.orchestrator.shielding import shielded
from service.tenants.caller import Caller, log_ids
from service.vault import CannotOpen

_log = logging.getLogger("tremor.registries")

#: Between two looks for something to do that another process has noted.
_LOOK_SECONDS = 2.0
#: Between two looks for a registry that is to be looked at.
_NEXT_SECONDS = 1.0
#: Versions that are worked on at the same time, and of one integration: a slow registry holds up itself alone.
_MOST_AT_ONCE, _MOST_OF_ONE = 16, 4
#: What will be otherwise later.
_PASSING = (RateLimited, QuotaExceeded, InsufficientStorage, Unavailable)


class Syncer:
    """The loops of one process."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._looker = Looker(services)
        self._tasks: list[asyncio.Task[None]] = []
        #: Work in progress → the integration that it is for.
        self._busy: dict[asyncio.Task[None], str] = {}

    def start(self) -> None:
        """Begin."""
        for loop in (self._look, self._work):
            self._tasks.append(asyncio.create_task(self._run(loop), name=f"registries {loop.__name__}"))

    async def stop(self) -> None:
        """End; what is in work is taken up by the next process."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        rest = [*self._busy, *self._looker.busy]
        for task in rest:
            task.cancel()
        await asyncio.gather(*rest, return_exceptions=True)

    async def _run(self, loop: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Run a loop's rounds for ever, whatever goes wrong in one."""
        while True:
            try:
                await loop()
            except DBAPIError as error:
                _log.warning("registries: %s; trying again", error)
                await asyncio.sleep(_LOOK_SECONDS)
            except Exception:
                _log.exception("registries")
                await asyncio.sleep(_LOOK_SECONDS)

    async def _look(self) -> None:
        """Begin to look at a registry, or wait until one is to be looked at."""
        if not await self._looker.begin():
            await asyncio.sleep(_NEXT_SECONDS)

    async def _work(self) -> None:
        """Begin what is to be done about one version, or wait until there is something."""
        counted = Counter(self._busy.values())
        full = {identity for identity, count in counted.items() if count >= _MOST_OF_ONE}
        taken = await shielded(claim(self._services.db, full)) if len(self._busy) < _MOST_AT_ONCE else None
        if taken is None:
            await self._services.hub.wait(INTAKE, _LOOK_SECONDS)
            if self._services.hub.closed:
                await asyncio.sleep(_LOOK_SECONDS)
            return
        task = asyncio.create_task(self._do(*taken), name=f"version {taken[1].id}")
        self._busy[task] = taken[0].id
        task.add_done_callback(self._free)

    def _free(self, task: asyncio.Task[None]) -> None:
        del self._busy[task]
        self._services.hub.notify((INTAKE,))

    async def _do(self, owner: Integration, row: RegistryVersion) -> None:
        holding = asyncio.create_task(self._hold(row.id))
        with regarding(integration=owner.id, version=row.id, **log_ids(row.tenant_id)):
            try:
                async with registry_of(self._services, owner) as registry:
                    auditor = Auditor(self._services.of(Caller(row.tenant_id)), registry)
                    await shielded(self._step(auditor, row))
            except CannotOpen as error:
                await self._later(row, error)
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

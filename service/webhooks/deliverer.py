"""Sends what lies in the outbox, again and again until it is taken or given up; any number of processes may do so."""

import asyncio
import logging
from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.exc import DBAPIError

from openapi.base import utc_now
from openapi.wire.logs import regarding
from openapi.wire.settings import Settings
from service.db.clock import age_now
from service.db.database import Database
from service.db.webhooks import Delivery, Webhook
from service.health.metrics import WEBHOOK_ATTEMPTS
from service.orchestrator.hub import Hub
from service.orchestrator.shielding import shielded
from service.outgoing import checked_pool, networks
from service.vault import Vault
from service.webhooks.outbox import OUTBOX, give_up
from service.webhooks.retrying import Outcome, record
from service.webhooks.sending import send

_log = logging.getLogger("tremor.webhooks")

#: Another process may have written a message, and cannot wake us.
_LOOK_SECONDS = 2.0
#: A message in work is taken by nobody else for so long; longer than one try may take.
_CLAIM = timedelta(seconds=60)
#: Endpoints that are served at the same time, each by one message after the other: a slow one holds up itself alone.
_MOST_AT_ONCE = 16
#: What was delivered or given up is kept for so long.
_KEPT = timedelta(days=30)
_SWEEP_SECONDS = 3600.0


class Deliverer:
    """The loop of one process."""

    def __init__(self, settings: Settings, db: Database, hub: Hub, vault: Vault) -> None:
        self._db, self._hub, self._vault = db, hub, vault
        self._allowed = networks(settings.webhook_networks)
        self._busy: dict[str, asyncio.Task[None]] = {}
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin."""
        self._task = asyncio.create_task(self._run(), name="webhooks")

    async def stop(self) -> None:
        """End; a message in work is tried again by the next process, under the same id."""
        tasks = [task for task in (self._task, *self._busy.values()) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _run(self) -> None:
        clock, sweep_at = asyncio.get_running_loop().time, 0.0
        while True:
            try:
                await shielded(self._begin())
                if clock() >= sweep_at:
                    sweep_at = clock() + _SWEEP_SECONDS
                    await shielded(self._sweep())
            except DBAPIError as error:
                _log.warning("cannot look for messages: %s; trying again soon", error)
            except Exception:
                _log.exception("cannot look for messages")
            await self._hub.wait(OUTBOX, _LOOK_SECONDS)
            if self._hub.closed:
                await asyncio.sleep(_LOOK_SECONDS)

    async def _begin(self) -> None:
        """Serve the endpoints that have a message due and are not served already."""
        free = _MOST_AT_ONCE - len(self._busy)
        if free <= 0:
            return
        due = select(Delivery.webhook_id).where(Delivery.status == "pending", Delivery.next_attempt_at <= utc_now())
        async with self._db.read() as session:
            hooks = await session.scalars(due.where(Delivery.webhook_id.not_in(self._busy)).distinct().limit(free))
        for identity in hooks.all():
            task = asyncio.create_task(self._serve(identity), name=f"webhook {identity}")
            self._busy[identity] = task
            task.add_done_callback(lambda _, identity=identity: self._free(identity))  # type: ignore[misc]

    def _free(self, identity: str) -> None:
        del self._busy[identity]
        self._hub.notify((OUTBOX,))

    async def _serve(self, webhook_id: str) -> None:
        """Send an endpoint what is due, the oldest first."""
        try:
            async with checked_pool(self._allowed) as pool:
                while (taken := await shielded(self._claim(webhook_id))) is not None:
                    hook, row = taken
                    with regarding(webhook=hook.id, message=row.id):
                        await shielded(self._record(row, await send(pool, hook, row, self._vault)))
        except DBAPIError as error:
            _log.warning("webhook %s waits: %s", webhook_id, error)
        except Exception:
            _log.exception("webhook %s cannot be served", webhook_id)

    async def _claim(self, webhook_id: str) -> tuple[Webhook, Delivery] | None:
        """Take the oldest message that is due, so that no other process sends it as well."""
        now = utc_now()
        due = (Delivery.status == "pending", Delivery.next_attempt_at <= now)
        async with self._db.write() as session:
            hook = await session.get(Webhook, webhook_id)
            if hook is None:
                return None
            if hook.disabled_at is not None:
                await give_up(session, webhook_id)
                return None
            oldest = select(Delivery).where(Delivery.webhook_id == webhook_id, *due)
            row = await session.scalar(
                oldest.order_by(Delivery.next_attempt_at, Delivery.id).limit(1).with_for_update()
            )
            if row is None or row.next_attempt_at is None or row.next_attempt_at > now:
                return None  # another process was quicker
            row.next_attempt_at = now + _CLAIM
        return hook, row

    async def _record(self, sent: Delivery, outcome: Outcome) -> None:
        async with self._db.write() as session:
            hook, row = await session.get(Webhook, sent.webhook_id), await session.get(Delivery, sent.id)
            if hook is None or row is None:
                return  # deleted meanwhile
            was_enabled = hook.disabled_at is None
            record(hook, row, outcome)
            if was_enabled and hook.disabled_at is not None:
                await session.flush()
                await give_up(session, hook.id)
        WEBHOOK_ATTEMPTS.labels("taken" if outcome.is_taken else "refused" if outcome.status_code else "failed").inc()
        if not outcome.is_taken:
            _log.warning(
                "message %s was not taken: %s; %s",
                row.id,
                outcome.error or outcome.status_code,
                f"tried again at {row.next_attempt_at}" if row.next_attempt_at else "given up",
            )
        if was_enabled and hook.disabled_at is not None:
            _log.warning("webhook %s of tenant %s is disabled: %s", hook.id, hook.tenant_id, hook.disabled_reason)

    async def _sweep(self) -> None:
        async with self._db.write() as session:
            old = await age_now(session) - _KEPT
            await session.execute(delete(Delivery).where(Delivery.created_at < old, Delivery.status != "pending"))

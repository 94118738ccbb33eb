"""Listens to the workers: every event is applied once the database takes it, and it is known since when we hear."""

import asyncio
import logging
import math
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence

from redis.exceptions import RedisError
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as DatabaseTimeout

from openapi.wire.jobs import WorkerEvent
from openapi.wire.logs import regarding
from openapi.wire.queue import QueueClient
from openapi.wire.settings import Settings
from openapi.wire.streams import Delivery
from service.db.errors import why_unwritable
from service.ids import new_id
from service.orchestrator.shielding import shielded

_log = logging.getLogger("tremor.orchestrator")

#: The database cannot be reached, is locked, full or stopping. Its other errors blame what was sent: they would come
#: again for ever, and hold up every event behind.
_AWAY = (OperationalError, InterfaceError, DatabaseTimeout, OSError)
_TRIES = 3
_PAUSE_SECONDS = 1.0
#: A turn of listening takes so long when nobody speaks.
_TURN_SECONDS = 1.0
#: A process that stops applies what it was told already, for so long at most.
_DRAIN_SECONDS = 2.0


class Listener:
    """Reads events under a name of its own and hands them to `apply`: those of a job that were read together at once.

    `on_loss` is called when the broker has lost its memory, `give_up` with a job whose end cannot be applied.
    """

    def __init__(
        self,
        settings: Settings,
        queue: QueueClient,
        apply: Callable[[Sequence[WorkerEvent]], Awaitable[None]],
        on_loss: Callable[[], Awaitable[None]],
        give_up: Callable[[str], Awaitable[None]],
    ) -> None:
        self._queue = queue
        self._apply = apply
        self._on_loss = on_loss
        self._give_up = give_up
        self._name = new_id("api")
        # Within so long every living worker has said something.
        self._patience = min(settings.lease_seconds, 3 * settings.heartbeat_seconds)
        self._gap = self._patience + _TURN_SECONDS
        self._begun = self._heard = -math.inf

    async def run(self) -> None:
        """Listen for ever."""
        events = self._queue.consume(
            self._name, block_seconds=_TURN_SECONDS, on_loss=self._on_loss, on_silence=self._deaf
        )
        async for deliveries in events:
            await self._apply_all(deliveries)

    def hears(self) -> bool:
        """Whether every living worker must have been heard by now: nothing has kept us from listening for so long."""
        now = time.monotonic()
        return now - self._heard <= self._gap and now - self._begun >= self._patience

    async def drain(self) -> None:
        """Apply the events that wait, such as those of workers that were stopped just before, and listen no more."""
        try:
            async with asyncio.timeout(_DRAIN_SECONDS):
                async for deliveries in self._queue.rest(self._name):
                    await self._apply_all(deliveries)
        except (TimeoutError, RedisError, OSError) as error:
            _log.warning("stopped before all events were applied: %s", error or "no time left")

    def _deaf(self) -> None:
        self._heard = -math.inf

    def _listening(self) -> None:
        now = time.monotonic()
        if now - self._heard > self._gap:
            # What workers said meanwhile is still to be read: the broker, the database or this process was away.
            self._begun = now
        self._heard = now

    async def _apply_all(self, deliveries: list[Delivery]) -> None:
        last = {delivery.event.shard_id: delivery for delivery in deliveries}
        of_jobs: defaultdict[str, list[WorkerEvent]] = defaultdict(list)
        for delivery in deliveries:
            # Of a shard's progress only the last word counts: a slow process must not fall behind its workers.
            if delivery.event.type != "progress" or delivery is last[delivery.event.shard_id]:
                of_jobs[delivery.event.job_id].append(delivery.event)
        for job_id, events in of_jobs.items():
            with regarding(job=job_id):
                await self._apply_surely(events)
        try:
            await self._queue.ack(deliveries)
        except (RedisError, OSError) as error:
            _log.warning("cannot acknowledge events: %s; they will come again", error)
        else:
            self._listening()

    async def _apply_surely(self, events: Sequence[WorkerEvent]) -> None:
        """Apply events of one job, waiting for the database when it is away; where that fails, one after the other.

        An end that cannot be applied fails its job.
        """
        tries = 0
        while True:
            try:
                await shielded(self._apply(events))
            except Exception as error:
                if isinstance(error, _AWAY) or (isinstance(error, DBAPIError) and why_unwritable(error)):
                    _log.warning("the database does not take events: %s; trying again", error)
                    self._deaf()
                    await asyncio.sleep(_PAUSE_SECONDS)
                    continue
                tries += 1
                if tries < _TRIES:
                    continue  # two processes may have stood in each other's way
                for event in events if len(events) > 1 else ():
                    await self._apply_surely([event])
                if len(events) == 1:
                    await self._cannot_be_applied(events[0])
                return
            else:
                return

    async def _cannot_be_applied(self, event: WorkerEvent) -> None:
        _log.error("event %s of shard %s cannot be applied", event.type, event.shard_id, exc_info=True)
        if event.type not in ("started", "progress"):
            await self._give_up(event.job_id)

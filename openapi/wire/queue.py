"""The road between the service and the workers: Celery for work, a Redis stream for reports, keys with a life for the rest.

Nothing here is the truth: the database is. Whatever the broker forgets is enqueued again by the service, and whatever it
delivers twice finds its result in the blob store.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from functools import cached_property
from typing import Any

import redis
import redis.asyncio
from celery import Celery
from kombu.exceptions import OperationalError
from pydantic import Field
from redis.asyncio.retry import Retry
from redis.backoff import ExponentialBackoff
from redis.exceptions import RedisError, ResponseError

from openapi.base import NEWER, Frozen
from openapi.stages.base import is_none
from openapi.wire.delivery import KEY_PREFIX, QUEUES, Lane, lane_of, make_celery
from openapi.wire.jobs import TASK_NAME, GpuMemory, Shard, WorkerEvent
from openapi.wire.keys import attempt_key, cancel_key, refusal_key, worker_key
from openapi.wire.settings import Settings
from openapi.wire.streams import Delivery, Entries, deliveries_of, entries_of
from openapi.wire.traces import attributes_of, headers, span

EVENTS = "tremor:events"
#: Blobs that were deleted, for the workers' caches; a word that is lost is made good by looking.
GONE = "tremor:gone"
_MOST_GONE = 1000
GROUP = "service"
#: Events kept when nobody reads them; a lost one costs a repeated shard, which finds its result.
MAX_EVENTS = 100_000

_CLAIM_SECONDS = 60.0
_ASK_AGAIN_SECONDS = 0.2
_FLAG_SECONDS = 7 * 24 * 3600
_REFUSAL_SECONDS = 600


class WorkerInfo(Frozen):
    """What a worker tells about itself with every heartbeat.

    `sandbox_missing` says why a layer is not in force, `trouble` why it cannot work at present. `gpu_memory`: as the job
    in work last told, else as a probe found it; None without CUDA.
    """

    id: str
    device: str
    device_name: str | None = None
    sandbox: str
    sandbox_layers: tuple[str, ...] = ()
    sandbox_missing: dict[str, str] = {}
    trouble: str | None = None
    versions: dict[str, str] = {}
    threads: int = 1
    slots: int = 1
    shard_id: str | None = None
    gpu_memory: GpuMemory | None = Field(None, exclude_if=is_none)
    at: float


class QueueClient:
    """Both ends of the road. Blocking methods are the workers'; coroutines are the service's."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    @cached_property
    def _celery(self) -> Celery:
        return make_celery(self._settings)

    @cached_property
    def _sync(self) -> redis.Redis:
        return redis.Redis.from_url(
            self._settings.redis, decode_responses=True, socket_timeout=10, socket_connect_timeout=5
        )

    @cached_property
    def _async(self) -> redis.asyncio.Redis:
        return redis.asyncio.Redis.from_url(
            self._settings.redis,
            decode_responses=True,
            socket_timeout=30,
            socket_connect_timeout=5,
            # A broker that restarts is back within a moment; the client's own patience would outlast it by seconds.
            retry=Retry(ExponentialBackoff(cap=0.5, base=0.05), 2),
        )

    @property
    def server(self) -> redis.asyncio.Redis:
        """The service's connection to the broker, for what is no message."""
        return self._async

    # Service → workers

    async def enqueue(self, shard: Shard) -> None:
        """Hand a shard to the workers. An older attempt still in the queue is dropped when it is delivered.

        Raises `redis.exceptions.RedisError` when the broker is away.
        """
        await self._async.set(attempt_key(shard.shard_id), shard.attempt, ex=_FLAG_SECONDS)
        try:
            with span(f"send {TASK_NAME}", is_message=True, **attributes_of(shard)):
                await asyncio.to_thread(
                    self._celery.send_task,
                    TASK_NAME,
                    args=[shard.model_dump(mode="json")],
                    queue=QUEUES[lane_of(shard.stage)],
                    task_id=f"{shard.shard_id}:{shard.attempt}",
                    headers=headers(),
                )
        except OperationalError as error:
            raise redis.ConnectionError(str(error)) from error

    async def cancel(self, job_id: str) -> None:
        """Make the workers stop this job's shards within seconds, and never start its queued ones."""
        await self._async.set(cancel_key(job_id), 1, ex=_FLAG_SECONDS)

    async def revive(self, job_id: str) -> None:
        """Take `cancel` back: a job that ended begins again under the same id."""
        await self._async.delete(cancel_key(job_id))

    async def forget(self, shas: Sequence[str]) -> None:
        """Have the workers remove their copies of deleted blobs."""
        for i in range(0, len(shas), 500):
            await self._async.xadd(GONE, {"sha256": " ".join(shas[i : i + 500])}, maxlen=_MOST_GONE, approximate=True)

    async def backlog(self) -> dict[Lane, int]:
        """How many messages lie in each queue and were taken by no worker yet."""
        return {lane: int(await self._async.llen(KEY_PREFIX + queue)) for lane, queue in QUEUES.items()}

    # Workers: reading orders

    def is_cancelled(self, *ids: str) -> bool:
        """Whether `cancel` was called for the job, or for one shard of it."""
        return bool(self._sync.exists(*(cancel_key(identity) for identity in ids)))

    def is_outdated(self, shard: Shard) -> bool:
        """Whether a later attempt at the same shard has been enqueued."""
        latest = self._sync.get(attempt_key(shard.shard_id))
        return latest is not None and int(str(latest)) > shard.attempt

    def last_forgotten(self) -> str:
        """The place in the stream of deleted blobs that the next `forgotten` goes on from."""
        last: Any = self._sync.xrevrange(GONE, count=1)
        return str(last[0][0]) if last else "0"

    def forgotten(self, after: str, block_seconds: float) -> tuple[str, list[str]]:
        """The blobs that `forget` named since the place `after`, and the place after them; waits a while for some."""
        answer: Any = self._sync.xread({GONE: after}, block=int(block_seconds * 1000))
        entries = entries_of(answer)
        shas = [sha256 for _, fields in entries for sha256 in fields["sha256"].split()]
        return (entries[-1][0] if entries else after), shas

    # Workers → service

    def publish(self, event: WorkerEvent) -> None:
        """Append an event to the stream."""
        self._sync.xadd(EVENTS, {"event": event.model_dump_json()}, maxlen=MAX_EVENTS, approximate=True)

    def heartbeat(self, worker: WorkerInfo) -> None:
        """Say that this worker lives; it counts as gone after five missed heartbeats."""
        ttl = max(2, int(5 * self._settings.heartbeat_seconds))
        self._sync.set(worker_key(worker.id), worker.model_dump_json(), ex=ttl)

    def refuse(self, worker_id: str, reason: str | None) -> None:
        """Say why this worker does not start, for ten minutes; None takes it back."""
        if reason is None:
            self._sync.delete(refusal_key(worker_id))
        else:
            self._sync.set(refusal_key(worker_id), reason, ex=_REFUSAL_SECONDS)

    def goodbye(self, worker_id: str) -> None:
        """Say that this worker has ended."""
        self._sync.delete(worker_key(worker_id))

    async def workers(self) -> list[WorkerInfo]:
        """The workers that live, by id."""
        keys = [key async for key in self._async.scan_iter(worker_key("*"), count=1000)]
        values: list[Any] = await self._async.mget(keys) if keys else []
        found = [WorkerInfo.model_validate_json(value, extra=NEWER) for value in values if value is not None]
        return sorted(found, key=lambda worker: worker.id)

    async def refusals(self) -> dict[str, str]:
        """Why workers that were started lately did not begin, by id."""
        keys = sorted([key async for key in self._async.scan_iter(refusal_key("*"), count=1000)])
        values: list[Any] = await self._async.mget(keys) if keys else []
        return {
            key.removeprefix(refusal_key("")): value
            for key, value in zip(keys, values, strict=True)
            if value is not None
        }

    async def consume(
        self,
        consumer: str = "service",
        *,
        batch: int = 1024,
        block_seconds: float = 2.0,
        on_loss: Callable[[], Awaitable[None]] | None = None,
        on_silence: Callable[[], None] = lambda: None,
    ) -> AsyncIterator[list[Delivery]]:
        """Yield batches of events for ever, first those delivered to `consumer` before and never acknowledged.

        Events that other consumers left unacknowledged for a minute are taken over; give each process its own name. A
        batch may be empty: that is the caller's chance to do something else. While the broker is away, batches are
        empty too. `on_loss` is called when the broker has lost its memory, and with it all that was queued; `open`
        it before. `on_silence` is called whenever the broker does not answer. A task that is cancelled ends, at the
        latest after `block_seconds`.
        """
        start, claim_at = "0", 0.0
        # Python 3.11's `wait_for`, with which the client sends, drops a cancellation that meets a send just done.
        while not (task := asyncio.current_task()) or not task.cancelling():
            try:
                if start == "0" and await self.open() and on_loss is not None:
                    await on_loss()
                if time.monotonic() >= claim_at:
                    claim_at = time.monotonic() + _CLAIM_SECONDS / 2
                    idle = int(_CLAIM_SECONDS * 1000)
                    claimed: Any = await self._async.xautoclaim(
                        EVENTS, GROUP, consumer, min_idle_time=idle, count=batch, justid=True
                    )
                    # What was taken over is read like what this consumer was given before.
                    start = "0" if claimed else start
                answer: Any = await self._async.xreadgroup(
                    GROUP, consumer, {EVENTS: start}, count=batch, block=int(block_seconds * 1000)
                )
            except (RedisError, OSError):
                # The group may be gone with the broker's memory: begin as at the start.
                start, claim_at = "0", 0.0
                on_silence()
                await asyncio.sleep(_ASK_AGAIN_SECONDS)
                yield []
                continue
            entries = entries_of(answer)
            if start != ">" and not entries:
                start = ">"
                continue
            if start != ">":
                start = entries[-1][0]
            yield await self._readable(entries)

    async def rest(self, consumer: str, *, batch: int = 1024) -> AsyncIterator[list[Delivery]]:
        """Yield what `consumer` was given and has not acknowledged, then what waits, and end: for one that stops.

        Acknowledge each batch. Afterwards the consumer is forgotten. Raises `redis.exceptions.RedisError`.
        """
        for start in ("0", ">"):
            while entries := entries_of(await self._async.xreadgroup(GROUP, consumer, {EVENTS: start}, count=batch)):
                yield await self._readable(entries)
        await self._async.xgroup_delconsumer(EVENTS, GROUP, consumer)

    async def _readable(self, entries: Entries) -> list[Delivery]:
        deliveries, broken = deliveries_of(entries)
        await self.ack(broken)
        return deliveries

    async def ack(self, deliveries: list[Delivery] | list[str]) -> None:
        """Acknowledge events whose effect is in the database, and drop them from the stream."""
        ids = [entry if isinstance(entry, str) else entry.id for entry in deliveries]
        if ids:
            await self._async.xack(EVENTS, GROUP, *ids)
            await self._async.xdel(EVENTS, *ids)

    # Both

    async def ping(self) -> float:
        """Round trip to the broker in seconds; raises `redis.exceptions.RedisError` when it is away."""
        begin = time.perf_counter()
        await self._async.ping()
        return time.perf_counter() - begin

    async def aclose(self) -> None:
        """Close the service's connections."""
        if "_async" in self.__dict__:
            await self._async.aclose()
        if "_celery" in self.__dict__:
            await asyncio.to_thread(self._celery.close)

    def close(self) -> None:
        """Close the worker's connections."""
        if "_sync" in self.__dict__:
            self._sync.close()

    async def open(self) -> bool:
        """Make the stream ready to be read; whether it was not: the broker is new, or has lost its memory."""
        try:
            await self._async.xgroup_create(EVENTS, GROUP, id="0", mkstream=True)
        except ResponseError as error:
            if "BUSYGROUP" not in str(error):
                raise
            return False
        return True

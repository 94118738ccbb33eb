"""The orchestrator: applies what workers report, dispatches shards, and takes over what was lost.

The database is the truth. A shard is `queued` in the transaction that releases its step and dispatched after the
commit; whatever is missed in between (a crash, a broker that is away) the janitor finds.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from pydantic import ValidationError
from redis.exceptions import RedisError
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from openapi.problems import problem
from openapi.wire.blobs import BlobStore
from openapi.wire.jobs import Shard, WorkerEvent
from openapi.wire.logs import about, regarding
from openapi.wire.queue import QueueClient
from openapi.wire.settings import Settings
from openapi.wire.traces import continuing
from service.artifacts.garbage import collect
from service.db.clock import database_now
from service.db.database import Database
from service.db.tables import Job, ShardRow
from service.health.metrics import count_shard
from service.orchestrator import job_rows, step_rows
from service.orchestrator.effects import effects, tell_workers
from service.orchestrator.hub import Hub
from service.orchestrator.janitor import Janitor
from service.orchestrator.listener import Listener
from service.orchestrator.plans import Plans
from service.orchestrator.recording import Record
from service.orchestrator.retries import Ended, abandon
from service.orchestrator.shielding import shielded
from service.orchestrator.step_states import UNFINISHED, StepStatus
from service.orchestrator.turns import LaneCapacity, next_steps
from service.tenants.caller import log_ids
from service.webhooks.outbox import announce

_log = logging.getLogger("tremor.orchestrator")

_TRY_AGAIN_SECONDS = 0.5
#: Shards that are claimed together: so many a process that dies leaves to the janitor, at most.
_AT_ONCE = 16


class Orchestrator:
    """Three loops (consume, dispatch, clean up) over one `Plans`; any number of processes may run them together."""

    def __init__(self, settings: Settings, db: Database, queue: QueueClient, blobs: BlobStore) -> None:
        self._settings = settings
        self.db = db
        self.queue = queue
        self.blobs = blobs
        self.plans = Plans(settings)
        self.hub = Hub()
        self._listener = Listener(settings, queue, self.apply, self._on_loss, self._give_up)
        self._dispatch = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._capacity = LaneCapacity(queue)

    # Life

    async def start(self, ended: Ended | None = None) -> None:
        """Take up what an earlier process left, and begin the loops.

        `ended`: no worker lives that an earlier process may have given work to; they were stopped, or killed.
        """
        try:
            await self.queue.open()
        except (RedisError, OSError) as error:
            _log.warning("the broker does not answer: %s; trying again soon", error)
        try:
            await self.resume(ended)
        except DBAPIError as error:
            # A full disk must not keep us from answering: what is there can be read, and readiness says what is wrong.
            _log.warning("cannot take up unfinished work: %s; trying again soon", error)
            self._tasks = [asyncio.create_task(self._resume_later(ended), name="resume")]
        janitor = Janitor(self._settings, self.db, self.queue, self)
        loops = {"listen": self._listener.run(), "dispatch": self._dispatch_loop(), "janitor": janitor.run()}
        self._tasks += [asyncio.create_task(loop, name=name) for name, loop in loops.items()]

    async def stop(self) -> None:
        """End the loops and apply what was heard; what is unfinished then is taken up by the next process."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._tasks:
            await self._listener.drain()
        self._tasks = []

    def hears(self) -> bool:
        """Whether workers have been heard for so long that the lease of a living one cannot be stale."""
        return self._listener.hears()

    async def resume(self, ended: Ended | None = None) -> None:
        """Enqueue every queued shard again, and where all workers have `ended`, what they had in work."""
        async with self.db.write() as session:
            await session.execute(
                update(ShardRow)
                .where(ShardRow.status == StepStatus.QUEUED)
                .values(enqueued_at=None, attempt=ShardRow.attempt + 1)
            )
        if ended is not None:
            async with self.db.read() as session:
                running = (
                    await session.execute(
                        select(ShardRow.job_id, ShardRow.id).where(ShardRow.status == StepStatus.RUNNING)
                    )
                ).all()
            for job_id, shard_id in running:
                with regarding(job=job_id, shard=shard_id):
                    async with self.transaction() as session:
                        await abandon(self.plans, session, job_id, shard_id, ended, self._settings.max_attempts)
        self._dispatch.set()

    async def _resume_later(self, ended: Ended | None) -> None:
        while True:
            await asyncio.sleep(_TRY_AGAIN_SECONDS)
            try:
                return await shielded(self.resume(ended))
            except DBAPIError as error:
                _log.warning("cannot take up unfinished work: %s; trying again soon", error)

    def wake(self) -> None:
        """Have every shard handed out that waits for it."""
        self._dispatch.set()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """A write transaction with the messages of what it changed; effects outside the database (wake-ups, stops,
        dispatch) follow its commit.
        """
        async with self.db.write() as session:
            yield session
            found = effects(session)
            await announce(session, found.news)
        for stage, result in found.done:
            count_shard(stage, result)
        await tell_workers(found, self.queue)
        if found.dispatch:
            self._dispatch.set()
        self.hub.notify(found.changed)
        if found.unused:
            await collect(self, found.unused, set())

    # Events from workers

    async def apply(self, events: Sequence[WorkerEvent]) -> None:
        """Record events of one job, in their order. Repeated and outdated events change nothing."""
        async with self.transaction() as session:
            job = await job_rows.lock_job(session, events[0].job_id)
            if job is None:
                return
            about(**log_ids(job.tenant_id))
            mine = select(ShardRow).where(ShardRow.id.in_({event.shard_id for event in events}))
            known = await session.scalars(mine.where(ShardRow.job_id == job.id))
            await Record(self.plans, self._settings, session, job).take(events, {row.id: row for row in known})

    async def _on_loss(self) -> None:
        """Enqueue again what the broker held before it died. Running shards tell of themselves as before."""
        _log.warning("the broker has lost its memory; enqueueing unfinished work again")
        try:
            await self.resume()
        except DBAPIError as error:
            _log.warning("cannot enqueue it now: %s; the janitor will", error)

    async def _give_up(self, job_id: str) -> None:
        """Fail a job that cannot go on, and the audit above it: neither may stay unfinished for ever."""
        try:
            async with self.transaction() as session:
                job = await job_rows.lock_job(session, job_id)
                parent = await session.get(Job, job.parent_job_id) if job is not None and job.parent_job_id else None
                for stuck in (job, parent):
                    if stuck is not None:
                        detail = "Something went wrong on our side; the log of the service says what"
                        await step_rows.end_steps(session, stuck)
                        job_rows.fail_job(session, stuck, problem("internal", detail))
        except Exception:
            _log.exception("job %s cannot be ended", job_id)

    # Dispatch

    async def _dispatch_loop(self) -> None:
        while True:
            await self._dispatch.wait()
            self._dispatch.clear()
            try:
                await shielded(self.dispatch())
            except (RedisError, OSError, DBAPIError) as error:
                _log.warning("cannot hand out work: %s; trying again soon", error)
                await asyncio.sleep(_TRY_AGAIN_SECONDS)
                self._dispatch.set()
            except Exception:
                _log.exception("cannot hand out work")

    async def dispatch(self) -> None:
        """Enqueue the shards whose turn it is, as many as workers will soon take; see `turns`.

        A shard whose result is known already succeeds at once.
        """
        while left := await self._capacity.left():
            async with self.db.read() as session:
                rows = await next_steps(session, self._settings, left, self._capacity.workers)
            if not rows:
                return
            for begin in range(0, len(rows), _AT_ONCE):
                await self._hand_out(rows[begin : begin + _AT_ONCE])

    async def _hand_out(self, rows: Sequence[ShardRow]) -> None:
        wanted = ShardRow.id.in_([row.id for row in rows])
        claim = update(ShardRow).where(wanted, ShardRow.enqueued_at.is_(None), ShardRow.status == StepStatus.QUEUED)
        async with self.db.write() as session:
            now = await database_now(session)
            claimed = set(await session.scalars(claim.values(enqueued_at=now).returning(ShardRow.id)))
            jobs = select(Job.id, Job.traceparent).where(Job.id.in_({row.job_id for row in rows}))
            traces = {row.id: row.traceparent for row in await session.execute(jobs)}
        try:
            for row in rows:
                if row.id in claimed:
                    with regarding(job=row.job_id, shard=row.id, **log_ids(row.tenant_id)):
                        await self._enqueue(row, traces.get(row.job_id))
                    claimed.discard(row.id)
        except BaseException:
            async with self.db.write() as session:
                await session.execute(update(ShardRow).where(ShardRow.id.in_(claimed)).values(enqueued_at=None))
            raise

    async def _enqueue(self, row: ShardRow, trace: str | None) -> None:
        """Hand out one shard that is claimed, or have it succeed where its result is known."""
        try:
            shard = Shard.model_validate(row.message).model_copy(update={"attempt": row.attempt})
            known = await self.blobs.get_result_async(row.result_key)
        except ValidationError:
            _log.exception("shard %s cannot be handed out", row.id)
            await self._give_up(row.job_id)
            return
        if known is None:
            with continuing(trace):
                await self.queue.enqueue(shard)
            return
        async with self.transaction() as session:
            job = await job_rows.lock_job(session, row.job_id)
            fresh = await session.get(ShardRow, row.id)
            if job is not None and fresh is not None and fresh.status in UNFINISHED:
                await Record(self.plans, self._settings, session, job).known(fresh, known)

"""The orchestrator: applies what workers report, dispatches shards, and takes over what was lost.

The database is the truth. A shard is `queued` in the transaction that releases its step and dispatched after the
commit; whatever is missed in between (a crash, a broker that is away) the janitor finds.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from pydantic import ValidationError
from redis.exceptions import RedisError
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from openapi.base import utc_now
from openapi.problems import problem
from openapi.status import TERMINAL, JobStatus
from openapi.wire.blobs import BlobStore
from openapi.wire.jobs import Shard, ShardResult, WorkerEvent
from openapi.wire.logs import about, regarding
from openapi.wire.queue import QueueClient
from openapi.wire.settings import Settings
from openapi.wire.traces import continuing
from service.artifacts.garbage import collect
from service.db.database import Database
from service.db.tables import Job, ShardRow
from service.health.metrics import SHARD_SECONDS
from service.orchestrator import job_rows, step_rows
from service.orchestrator.effects import effects, tell_workers
from service.orchestrator.hub import Hub
from service.orchestrator.janitor import Janitor
from service.orchestrator.listener import Listener
from service.orchestrator.plans import Plans
from service.orchestrator.progress import update_progress
from service.orchestrator.retries import Ended, abandon, defer, give_back, is_verdict
from service.orchestrator.shielding import shielded
from service.orchestrator.step_states import UNFINISHED, StepStatus
from service.orchestrator.turns import LaneCapacity, next_steps
from service.tenants.caller import log_ids
from service.webhooks.outbox import announce

_log = logging.getLogger("tremor.orchestrator")

_TRY_AGAIN_SECONDS = 0.5


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
        for stage, seconds in found.took:
            SHARD_SECONDS.labels(stage.value).observe(seconds)
        await tell_workers(found, self.queue)
        if found.dispatch:
            self._dispatch.set()
        self.hub.notify(found.changed)
        if found.unused:
            await collect(self, found.unused, set())

    # Events from workers

    async def apply(self, event: WorkerEvent) -> None:
        """Record one event. Repeated and outdated events change nothing."""
        async with self.transaction() as session:
            job = await job_rows.lock_job(session, event.job_id)
            row = await session.get(ShardRow, event.shard_id)
            if job is None or row is None or row.job_id != job.id or row.status not in UNFINISHED:
                return
            about(**log_ids(job.tenant_id))
            if event.type == "succeeded" and event.result is not None:
                # Any attempt will do: a result is a pure function of the shard.
                effects(session).dispatch = True
                await self._succeeded(session, job, row, event.result)
                return
            if event.attempt != row.attempt and not is_verdict(event):
                return
            if event.type != "progress":
                effects(session).dispatch = True  # there is room for another's turn
            if event.checkpoint is not None:
                step_rows.keep_checkpoint(session, row, event.checkpoint)
            if event.type in ("started", "progress"):
                self._alive(session, job, row, event)
                if event.done:
                    await job_rows.wait_for(session, job, None)
                await update_progress(session, job)
            elif event.type == "returned":
                await give_back(self.plans, session, job, row)
            elif event.type == "deferred" and event.problem is not None:
                await defer(self.plans, session, job, row, event.problem, self._settings.storage_wait_seconds)
            elif event.type == "failed":
                row.status = StepStatus.FAILED
                found = event.problem or problem("job-failed", "The worker gave no reason")
                await self.plans.fail(session, job, found)
            elif event.type == "cancelled" and job.status not in (JobStatus.CANCELLING, *TERMINAL):
                # Nobody cancelled this run of the job: the worker has seen the mark of an earlier one.
                row.status, row.attempt, row.enqueued_at = StepStatus.QUEUED, row.attempt + 1, None
                job_rows.revive(session, job)
            elif event.type == "cancelled":
                row.status = StepStatus.CANCELLED
                await job_rows.show(session, job, list(event.files.values()), event.told)
                await self.plans.settle_cancelled(session, job)

    def _alive(self, session: AsyncSession, job: Job, row: ShardRow, event: WorkerEvent) -> None:
        if row.status != StepStatus.RUNNING:
            row.started_at = utc_now()
        row.status, row.worker, row.lease_at = StepStatus.RUNNING, event.worker, utc_now()
        if event.done is not None and event.total is not None:
            row.progress = {"done": event.done, "total": event.total, "unit": event.unit or "steps"}
            if event.told is not None:
                row.progress = {**row.progress, "told": event.told}
        if job.status == JobStatus.QUEUED:
            job_rows.set_status(session, job, JobStatus.RUNNING)

    async def _succeeded(self, session: AsyncSession, job: Job, row: ShardRow, result: ShardResult) -> None:
        row.status, row.result, row.seconds = StepStatus.SUCCEEDED, result.model_dump(mode="json"), result.seconds
        effects(session).took.append((row.stage, result.seconds))
        step_rows.keep_checkpoint(session, row, None)
        if job.status == JobStatus.QUEUED:
            job_rows.set_status(session, job, JobStatus.RUNNING)
        if job.status == JobStatus.CANCELLING:
            await self.plans.settle_cancelled(session, job)
            return
        await job_rows.wait_for(session, job, None)
        await update_progress(session, job)
        await self.plans.advance(session, job, row)

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
        while True:
            room = await self._capacity.left()
            async with self.db.read() as session:
                rows = await next_steps(session, self._settings, room)
            if not rows:
                return
            for row in rows:
                with regarding(job=row.job_id, shard=row.id, **log_ids(row.tenant_id)):
                    try:
                        await self._hand_out(row)
                    except ValidationError:
                        _log.exception("shard %s cannot be handed out", row.id)
                        await self._give_up(row.job_id)

    async def _hand_out(self, row: ShardRow) -> None:
        claim = (
            update(ShardRow)
            .where(ShardRow.id == row.id, ShardRow.enqueued_at.is_(None), ShardRow.status == StepStatus.QUEUED)
            .values(enqueued_at=utc_now())
        )
        async with self.db.write() as session:
            claimed = await session.execute(claim.returning(ShardRow.id))
            if claimed.first() is None:
                return
            trace = await session.scalar(select(Job.traceparent).where(Job.id == row.job_id))
        shard = Shard.model_validate(row.message).model_copy(update={"attempt": row.attempt})
        try:
            known = await self.blobs.get_result_async(row.result_key)
            if known is None:
                with continuing(trace):
                    await self.queue.enqueue(shard)
                return
        except BaseException:
            async with self.db.write() as session:
                await session.execute(update(ShardRow).where(ShardRow.id == row.id).values(enqueued_at=None))
            raise
        async with self.transaction() as session:
            job = await job_rows.lock_job(session, row.job_id)
            fresh = await session.get(ShardRow, row.id)
            if job is not None and fresh is not None and fresh.status in UNFINISHED:
                await self._succeeded(session, job, fresh, known)

"""What workers told of one job is written down: every event in its order, what follows for the whole job once.

However many events of a job are read together, its row is locked, its progress read off its steps and its next steps
released in one transaction. The numbers are those of one transaction an event: what a step found does not depend on
what else is known by then.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from openapi.problems import problem
from openapi.status import TERMINAL, JobStatus
from openapi.wire.jobs import ShardResult, WorkerEvent
from openapi.wire.logs import regarding
from openapi.wire.settings import Settings
from service.db.clock import database_now
from service.db.tables import Job, ShardRow
from service.orchestrator import job_rows, step_rows
from service.orchestrator.effects import effects
from service.orchestrator.plans import Plans
from service.orchestrator.progress import update_progress
from service.orchestrator.retries import defer, give_back, is_verdict
from service.orchestrator.step_states import UNFINISHED, StepStatus


class Record:
    """One transaction's events of one job, whose lock the session holds."""

    def __init__(self, plans: Plans, settings: Settings, session: AsyncSession, job: Job) -> None:
        self._plans, self._settings = plans, settings
        self._session, self._job = session, job
        self._moved = self._ended = False
        self._now: datetime | None = None

    async def take(self, events: Sequence[WorkerEvent], rows: Mapping[str, ShardRow]) -> None:
        """Record events, in their order. `rows`: the job's steps by id."""
        self._now = await database_now(self._session)
        for event in events:
            row = rows.get(event.shard_id)
            if row is not None and row.status in UNFINISHED:
                with regarding(job=event.job_id, shard=event.shard_id):
                    await self._take(event, row)
        await self._follow()

    async def known(self, row: ShardRow, result: ShardResult) -> None:
        """Record a result that was found and not computed."""
        self._now = await database_now(self._session)
        await self._succeeded(row, result)
        await self._follow()

    async def _take(self, event: WorkerEvent, row: ShardRow) -> None:
        if event.type == "succeeded" and event.result is not None:
            # Any attempt will do: a result is a pure function of the shard.
            effects(self._session).dispatch = True
            if not event.found:
                effects(self._session).done.append((row.stage, event.result))
            await self._succeeded(row, event.result)
            return
        if event.attempt != row.attempt and not is_verdict(event):
            return
        if event.type != "progress":
            effects(self._session).dispatch = True  # there is room for another's turn
        if event.checkpoint is not None:
            step_rows.keep_checkpoint(self._session, row, event.checkpoint)
        if event.type in ("started", "progress"):
            self._alive(row, event)
            if event.done:
                await job_rows.wait_for(self._session, self._job, None)
            self._moved = True
        else:
            await self._not_done(event, row)

    async def _not_done(self, event: WorkerEvent, row: ShardRow) -> None:
        """A step has ended without a result."""
        session, job = self._session, self._job
        if event.type == "returned":
            await give_back(self._plans, session, job, row)
        elif event.type == "deferred" and event.problem is not None:
            await defer(self._plans, session, job, row, event.problem, self._settings.storage_wait_seconds)
        elif event.type == "failed":
            row.status = StepStatus.FAILED
            await job_rows.show(session, job, list(event.files.values()), event.told)
            found = event.problem or problem("job-failed", "The worker gave no reason")
            await self._plans.fail(session, job, found)
        elif event.type == "cancelled" and job.status not in (JobStatus.CANCELLING, *TERMINAL):
            # Nobody cancelled this run of the job: the worker has seen the mark of an earlier one.
            row.status, row.attempt, row.enqueued_at = StepStatus.QUEUED, row.attempt + 1, None
            job_rows.revive(session, job)
        elif event.type == "cancelled":
            row.status = StepStatus.CANCELLED
            await job_rows.show(session, job, list(event.files.values()), event.told)
            await self._plans.settle_cancelled(session, job)

    def _alive(self, row: ShardRow, event: WorkerEvent) -> None:
        if row.status != StepStatus.RUNNING:
            row.started_at = self._now
        row.status, row.worker, row.lease_at = StepStatus.RUNNING, event.worker, self._now
        if event.done is not None and event.total is not None:
            row.progress = {"done": event.done, "total": event.total, "unit": event.unit or "steps"}
            if event.told is not None:
                row.progress = {**row.progress, "told": event.told}
        self._begin()

    def _begin(self) -> None:
        """The job runs. Since when is told by the clock that its time budget goes by."""
        if self._job.status == JobStatus.QUEUED:
            self._job.started_at = self._job.started_at or self._now
            job_rows.set_status(self._session, self._job, JobStatus.RUNNING)

    async def _succeeded(self, row: ShardRow, result: ShardResult) -> None:
        session, job = self._session, self._job
        row.status, row.result, row.seconds = StepStatus.SUCCEEDED, result.model_dump(mode="json"), result.seconds
        step_rows.keep_checkpoint(session, row, None)
        self._begin()
        if job.status == JobStatus.CANCELLING:
            await self._plans.settle_cancelled(session, job)
            return
        await job_rows.wait_for(session, job, None)
        self._moved = self._ended = True
        if row.extends:
            # The plan grows by what is known now: two that extend it are two ways to go on, one after the other.
            await self._follow(extends=True)

    async def _follow(self, *, extends: bool = False) -> None:
        """What follows of the events so far: progress, and the next steps."""
        moved, ended = self._moved, self._ended
        self._moved = self._ended = False
        if self._job.status in TERMINAL:
            return
        if moved:
            await update_progress(self._session, self._job)
        if ended:
            await self._plans.advance(self._session, self._job, extends=extends)

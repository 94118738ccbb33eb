"""Starts, extends and ends the plans of jobs. It knows steps alone; what they are is said by the kinds of jobs.

All of it happens inside the transaction that recorded the last result, so that a step is released exactly once.
"""

from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from openapi.problems import Problem, TremorError, problem, unreadable
from openapi.status import TERMINAL, JobKind, JobStatus, UploadStatus
from openapi.wire.settings import Settings
from service.db.tables import Job
from service.orchestrator import job_rows, step_rows
from service.orchestrator.job_endings import write_ending
from service.orchestrator.job_kinds import JOB_KINDS
from service.orchestrator.job_kinds.inspection import INSPECTING
from service.orchestrator.job_rows import HARDENING
from service.orchestrator.known import load_known
from service.orchestrator.plan import Step
from service.orchestrator.progress import look_ahead, update_progress


class Plans:
    """Moves jobs along their plans."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    # Starting

    async def begin(self, session: AsyncSession, job: Job, step: Step) -> None:
        """Begin a job whose first step is known from the start."""
        await step_rows.add_steps(session, job, [step], self._settings)

    async def start(self, session: AsyncSession, job: Job) -> None:
        """Draw the plan when all that the job works on is inspected; fail it when something was rejected."""
        if job.planned or job.status != JobStatus.QUEUED:
            return
        parent = await session.get(Job, job.parent_job_id) if job.parent_job_id else None
        if job.parent_job_id is not None and (parent is None or parent.phase != HARDENING):
            return  # an audit's own results come first; its hardening then finds the "before" steps done
        await self._extend(session, job)
        if not job.planned and job.parent_job_id is None and job.phase != INSPECTING:
            job.phase = INSPECTING
            await job_rows.hurry(session, job)  # not later: an inspection that ends locks the jobs that wait for it

    async def start_waiting(self, session: AsyncSession, subject_id: str) -> None:
        """Start the jobs that waited for the inspection of a model or data set."""
        rows = await session.scalars(
            select(Job.id).where(
                Job.planned.is_(False),
                Job.status == JobStatus.QUEUED,
                job_rows.works_on(subject_id),
            )
        )
        for job_id in list(rows):
            job = await job_rows.lock_job(session, job_id)
            if job is not None:
                await self.start(session, job)

    # Going on

    async def advance(self, session: AsyncSession, job: Job, *, extends: bool = False) -> None:
        """Release what is ready after steps have ended, and let the plan grow where that is due, as it is after one
        that `extends` it.
        """
        if job.status in TERMINAL or job.status == JobStatus.CANCELLING:
            return
        try:
            if await self._is_decided(session, job):
                await self._drop(session, job, "stop_on")
            await step_rows.release(session, job)
        except (TremorError, ValidationError) as error:
            await self.fail(session, job, _problem_of(job, error))
            return
        if await step_rows.any_unfinished(session, job):
            if extends:
                await self._extend(session, job)
            return
        await update_progress(session, job, force=True)
        await self._extend(session, job)
        stuck = job.status in (JobStatus.QUEUED, JobStatus.RUNNING) and job.phase != HARDENING
        if stuck and not await step_rows.any_unfinished(session, job):
            # Never to be seen; were it, the job would stay unfinished for ever.
            await self.fail(session, job, problem("internal", f"The plan of {job.id} ends without a result"))

    async def _extend(self, session: AsyncSession, job: Job) -> None:
        try:
            known = await load_known(session, job, self._settings)
            if known is None:
                return
            more = JOB_KINDS[job.kind].extend(known)
            await job_rows.add_artifacts(session, job, more.files)
            child = await job_rows.lock_job(session, job.child_job_id) if job.child_job_id else None
            if more.drops_child and child is not None:
                await self.cancel(session, child)
            if more.steps:
                look_ahead(job, more.ahead)
                await step_rows.add_steps(session, job, more.steps, self._settings)
            if more.awaits_child and child is not None:
                job_rows.set_phase(session, job, HARDENING)
                await self.start(session, child)
            if more.ending is not None:
                await write_ending(session, job, more.ending)
                await self._ended(session, job)
        except (TremorError, ValidationError) as error:
            await self.fail(session, job, _problem_of(job, error))

    async def _is_decided(self, session: AsyncSession, job: Job) -> bool:
        kind = JOB_KINDS[job.kind]
        if kind.is_decided is None or job.request.get(kind.stop_field) is None or not kind.is_droppable(job.phase):
            return False
        known = await load_known(session, job, self._settings)
        return known is not None and kind.is_decided(known)

    async def _drop(self, session: AsyncSession, job: Job, reason: str) -> None:
        if JOB_KINDS[job.kind].is_droppable(job.phase):
            await step_rows.drop_steps(session, job)
            job.metrics = {"stopped": reason}

    async def time_is_over(self, session: AsyncSession, job: Job) -> None:
        """End a job whose time budget is used up with what it has."""
        if job.status != JobStatus.RUNNING:
            return
        if job.phase == HARDENING and job.child_job_id is not None:
            job.metrics = {"stopped": "time_budget"}
            child = await job_rows.lock_job(session, job.child_job_id)
            if child is not None:
                await self.cancel(session, child)
        elif JOB_KINDS[job.kind].is_droppable(job.phase):
            await self._drop(session, job, "time_budget")
            await self.advance(session, job)

    # Ending

    async def _ended(self, session: AsyncSession, job: Job) -> None:
        """Go on with what waited for the job's end: an audit for its hardening, or jobs for an inspection."""
        if job.kind in (JobKind.INSPECT_MODEL, JobKind.INSPECT_DATASET):
            await session.flush()
            await self.start_waiting(session, job.id)
        parent = await session.get(Job, job.parent_job_id) if job.parent_job_id else None
        if parent is not None and parent.phase == HARDENING and parent.status in (JobStatus.QUEUED, JobStatus.RUNNING):
            await self._extend(session, parent)

    async def fail(self, session: AsyncSession, job: Job, found: Problem) -> None:
        """End a job with a problem, and what hangs on it."""
        await step_rows.end_steps(session, job)
        job_rows.fail_job(session, job, found)
        row = await job_rows.inspected_row(session, job)
        if row is not None:
            row.status, row.problem = UploadStatus.REJECTED, job.problem
        if job.child_job_id is not None:
            child = await job_rows.lock_job(session, job.child_job_id)
            if child is not None and child.status not in TERMINAL:
                await self.cancel(session, child)
        await self._ended(session, job)

    async def cancel(self, session: AsyncSession, job: Job) -> None:
        """Stop a job: at once when nothing runs, else it is `cancelling` until its running steps have ended."""
        if job.status in TERMINAL:
            return
        job_rows.set_status(session, job, JobStatus.CANCELLING)
        if job.child_job_id is not None:
            child = await job_rows.lock_job(session, job.child_job_id)
            if child is not None:
                await self.cancel(session, child)
        await self.settle_cancelled(session, job)

    async def settle_cancelled(self, session: AsyncSession, job: Job) -> None:
        """End a `cancelling` job when none of its steps runs any more, and then the audit above it."""
        if job.status != JobStatus.CANCELLING or await step_rows.any_running(session, job):
            return
        child = await session.get(Job, job.child_job_id) if job.child_job_id else None
        if child is not None and child.status not in TERMINAL:
            return
        await step_rows.end_steps(session, job)
        job_rows.set_status(session, job, JobStatus.CANCELLED)
        parent = await session.get(Job, job.parent_job_id) if job.parent_job_id else None
        if parent is not None and parent.status == JobStatus.CANCELLING:
            await self.settle_cancelled(session, parent)
        else:
            await self._ended(session, job)


def _problem_of(job: Job, error: TremorError | ValidationError) -> Problem:
    """What a job that cannot go on fails with; a broken row must not hold up the jobs beside it."""
    return error.problem() if isinstance(error, TremorError) else unreadable(job.kind, job.id, error)

"""A shard goes out again: given back by a worker that was stopped, lost by one that died, put off for want of room."""

import logging
from datetime import timedelta
from typing import Literal

from sqlalchemy.ext.asyncio import AsyncSession

from openapi.problems import Problem, problem
from openapi.status import JobStatus
from openapi.wire.jobs import WorkerEvent
from service.db.clock import database_now
from service.db.tables import Job, ShardRow
from service.orchestrator import job_rows, step_rows
from service.orchestrator.effects import effects
from service.orchestrator.plans import Plans
from service.orchestrator.step_states import StepStatus

#: How all workers of an earlier life ended, where a process knows that none of them lives.
Ended = Literal["stopped", "lost"]

#: Seconds that a shard waits before it is tried again; twice as long each time.
_FIRST_PAUSE, _LONGEST_PAUSE = 2.0, step_rows.LONGEST_PAUSE

_log = logging.getLogger("tremor.orchestrator")


async def give_back(plans: Plans, session: AsyncSession, job: Job, row: ShardRow) -> None:
    """Queue a shard that its worker gave back. That is no loss: it may happen as often as people restart things."""
    _log.info("shard %s of %s was given back by worker %s", row.id, job.id, row.worker)
    if job.status == JobStatus.CANCELLING:
        row.status = StepStatus.CANCELLED
        await plans.settle_cancelled(session, job)
    else:
        _queue(session, job, row, "stopped")


async def lose(plans: Plans, session: AsyncSession, job: Job, row: ShardRow, most: int) -> None:
    """Count a loss, and queue the shard again or, at `most` of them, fail the job: the work may be what kills."""
    row.losses += 1
    _log.warning("shard %s of %s was lost by worker %s (loss %d)", row.id, job.id, row.worker, row.losses)
    if job.status == JobStatus.CANCELLING:
        row.status = StepStatus.CANCELLED
        await plans.settle_cancelled(session, job)
    elif row.losses >= most:
        row.status = StepStatus.FAILED
        detail = (
            f"The work was lost {row.losses} times (shard {row.name}): its worker ended without a word, "
            "which often means that the machine ran out of memory"
        )
        await plans.fail(session, job, problem("worker-lost", detail))
    else:
        _queue(session, job, row, "lost")


async def abandon(plans: Plans, session: AsyncSession, job_id: str, shard_id: str, ended: Ended, most: int) -> None:
    """Queue a shard whose worker is known to have ended, one way or the other."""
    job, row = await job_rows.lock_job(session, job_id), await session.get(ShardRow, shard_id)
    if job is None or row is None or row.status != StepStatus.RUNNING:
        return
    if ended == "stopped":
        await give_back(plans, session, job, row)
    else:
        await lose(plans, session, job, row, most)


async def defer(plans: Plans, session: AsyncSession, job: Job, row: ShardRow, why: Problem, patience: float) -> None:
    """Queue a shard for later, each time a longer while; the job says meanwhile what it waits for.

    When it still cannot be done after `patience` seconds of such pauses the job fails with `why`. They are summed up,
    not measured: whichever process hears of the next try, and however clocks jump meanwhile, as long is waited. The
    tries themselves, and what goes before them in the line, come on top.
    """
    now = await database_now(session)
    row.deferred_at = row.deferred_at or now
    _log.warning("shard %s of %s waits: %s", row.id, job.id, why.detail)
    if job.status == JobStatus.CANCELLING:
        row.status = StepStatus.CANCELLED
        await plans.settle_cancelled(session, job)
    elif row.deferrals > 0 and waited(row.deferrals) >= patience:
        row.status = StepStatus.FAILED
        await plans.fail(session, job, why)
    else:
        row.not_before = now + timedelta(seconds=_pause(row.deferrals))
        row.deferrals += 1
        await job_rows.wait_for(session, job, why)
        _queue(session, job, row, why.slug)


def _pause(deferrals: int) -> float:
    """Seconds that a shard is put off that was put off so many times before."""
    return min(_LONGEST_PAUSE, _FIRST_PAUSE * 2.0 ** min(deferrals, 10))


def waited(deferrals: int) -> float:
    """Seconds that a shard has waited that was put off so many times."""
    short = min(deferrals, 10)
    return sum(map(_pause, range(short))) + (deferrals - short) * _LONGEST_PAUSE


def _queue(session: AsyncSession, job: Job, row: ShardRow, reason: str) -> None:
    row.status, row.attempt, row.enqueued_at, row.progress = StepStatus.QUEUED, row.attempt + 1, None, None
    job_rows.log_event(session, job, "retry", {"shard": row.name, "attempt": row.attempt, "reason": reason})
    effects(session).dispatch = True


def is_verdict(event: WorkerEvent) -> bool:
    """Whether a failure blames the uploaded file: like a result it is the same whichever attempt brings it.

    Were it not counted, a shard that was handed out again before its attempt was heard of would never end.
    """
    return (
        event.type == "failed" and event.problem is not None and event.problem.slug.startswith(("model-", "dataset-"))
    )

"""A shard goes out again: given back by a worker that was stopped, or lost by one that died."""

import logging

from sqlalchemy.ext.asyncio import AsyncSession

from openapi.problems import problem
from service.db.tables import Job, ShardRow
from service.orchestrator import states
from service.orchestrator.flow import Flow

_log = logging.getLogger("tremor.orchestrator")


async def give_back(flow: Flow, session: AsyncSession, job: Job, row: ShardRow) -> None:
    """Queue a shard that its worker gave back. That is no loss: it may happen as often as people restart things."""
    _log.info("shard %s of %s was given back by worker %s", row.id, job.id, row.worker)
    if job.status == "cancelling":
        row.status = "cancelled"
        await flow.settle_cancelled(session, job)
    else:
        _queue(session, job, row, "stopped")


async def lose(flow: Flow, session: AsyncSession, job: Job, row: ShardRow, most: int) -> None:
    """Count a loss, and queue the shard again or, at `most` of them, fail the job: the work may be what kills."""
    row.losses += 1
    _log.warning("shard %s of %s was lost by worker %s (loss %d)", row.id, job.id, row.worker, row.losses)
    if job.status == "cancelling":
        row.status = "cancelled"
        await flow.settle_cancelled(session, job)
    elif row.losses >= most:
        row.status = "failed"
        detail = (
            f"The work was lost {row.losses} times (shard {row.name}): its worker ended without a word, "
            "which often means that the machine ran out of memory"
        )
        await flow.fail(session, job, problem("worker-lost", detail))
    else:
        _queue(session, job, row, "lost")


def _queue(session: AsyncSession, job: Job, row: ShardRow, reason: str) -> None:
    row.status, row.attempt, row.enqueued_at, row.progress = "queued", row.attempt + 1, None, None
    states.log_event(session, job, "retry", {"shard": row.name, "attempt": row.attempt, "reason": reason})
    session.info["dispatch"] = True

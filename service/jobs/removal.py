"""Removing jobs: what forbids it, what goes with them, and what nobody may need then."""

from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from openapi.problems import Conflict
from openapi.status import TERMINAL
from service.db.tables import Job, ShardRow
from service.idempotency import forget
from service.orchestrator import job_rows
from service.orchestrator.effects import effects
from service.policies.baselines import check_unneeded


@dataclass
class Left:
    """What removed jobs referred to: the sha256 of blobs, and keys of results."""

    blobs: set[str] = field(default_factory=set)
    results: set[str] = field(default_factory=set)


async def remove(session: AsyncSession, job: Job) -> Left:
    """Remove a locked job, running or not, with its steps, events and artifacts, and an audit's own hardening.

    Raises `Conflict` where it is needed: as a part of an audit that runs, as what a policy is relative to, as a mask.
    """
    await _check_unneeded(session, job)
    child = await job_rows.lock_job(session, job.child_job_id) if job.child_job_id else None
    left = Left()
    for doomed in (child, job):
        if doomed is None:
            continue
        for row in await session.scalars(select(ShardRow).where(ShardRow.job_id == doomed.id)):
            left.results.add(row.result_key)
            left.blobs |= {f["blob"]["sha256"] for f in ((row.result or {}).get("files") or {}).values()}
            left.blobs |= {row.message["checkpoint"]["sha256"]} if row.message.get("checkpoint") else set()
        if doomed.status not in TERMINAL:
            effects(session).stopped.add(doomed.id)
        effects(session).changed.add(doomed.id)
        await forget(session, f"/v1/{job_rows.address(doomed)}")
        await session.delete(doomed)
    return left


async def _check_unneeded(session: AsyncSession, job: Job) -> None:
    parent = await session.get(Job, job.parent_job_id) if job.parent_job_id else None
    if parent is not None and parent.status not in TERMINAL:
        raise Conflict(f"It is a part of {job_rows.address(parent)}; cancel or delete that", job_id=parent.id)
    await check_unneeded(session, job)
    masked = await job_rows.masked_by(session, job)
    if masked is not None:
        artifact, user = masked
        raise Conflict(
            f"Its artifact {artifact} is a mask of {job_rows.address(user)}; cancel that first", job_id=user.id
        )

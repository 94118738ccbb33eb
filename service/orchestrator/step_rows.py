"""Steps in the database: each is a row of `shards`. Added, released, dropped inside the caller's transaction.

Every function here takes a session that holds the job's lock (see `lock_job`) and commits nothing itself.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from openapi.base import NEWER
from openapi.stages.base import Stage
from openapi.wire.jobs import Blob, Limits, Shard, ShardResult
from openapi.wire.settings import Settings
from service.db.tables import Job, ShardRow
from service.ids import new_id
from service.orchestrator.effects import effects
from service.orchestrator.plan import Step, resolved
from service.orchestrator.progress import enter_phase
from service.orchestrator.step_states import UNFINISHED, StepStatus
from service.tenants.caller import DEFAULT_TENANT

#: Seconds that a step is put off at most before it is tried again.
LONGEST_PAUSE = 60.0


def limits_of(stage: Stage, settings: Settings) -> Limits:
    """What the confined child of a stage may use."""
    if stage == Stage.PREPARE:  # it writes decoded arrays, and may run the model
        return settings.limits(inspection=True).model_copy(update={"wall_seconds": settings.wall_seconds})
    return settings.limits(inspection=stage in (Stage.INSPECT_MODEL, Stage.INSPECT_DATASET))


def is_due(now: datetime, step: type[ShardRow] = ShardRow) -> ColumnElement[bool]:
    """The condition that a step which waits may be handed out at a time of the database.

    One that would have to wait for longer than any does was put off before the clock went back.
    """
    never = step.not_before > now + timedelta(seconds=LONGEST_PAUSE)
    return or_(step.not_before.is_(None), step.not_before <= now, never)


async def add_steps(session: AsyncSession, job: Job, steps: Sequence[Step], settings: Settings) -> None:
    """Let a job's plan grow by the steps that it does not have yet; what is ready is handed out after the commit."""
    there = set(await session.scalars(select(ShardRow.name).where(ShardRow.job_id == job.id)))
    for step in steps:
        if step.name in there:
            continue
        there.add(step.name)
        shard_id = new_id("shd")
        message = step.message(job.id, shard_id, limits_of(step.stage, settings), _owner(job))
        session.add(
            ShardRow(
                id=shard_id,
                tenant_id=job.tenant_id,
                job_id=job.id,
                phase=step.phase,
                name=step.name,
                stage=step.stage,
                status=StepStatus.WAITING if step.waits_for else StepStatus.QUEUED,
                result_key=message.result_key,
                message=message.model_dump(mode="json"),
                after=list(step.waits_for),
                needs=step.needs(),
                weight=step.weight,
                unit=step.unit,
                extends=step.extends,
            )
        )
    job.planned = True
    effects(session).dispatch = True
    await release(session, job)
    await enter_phase(session, job)


def _owner(job: Job) -> str:
    """Whose results the job's shards find again; those of the default tenant are kept as before there were others."""
    return "" if job.tenant_id == DEFAULT_TENANT else job.tenant_id


async def release(session: AsyncSession, job: Job) -> None:
    """Queue the steps that wait no longer, with what they take of those before. Raises `MissingOutput`.

    What comes after a step that was dropped is dropped with it.
    """
    await session.flush()
    mine = ShardRow.job_id == job.id
    # Columns, not rows: messages can be large, and most of the time nothing is ready.
    columns = select(ShardRow.id, ShardRow.name, ShardRow.after).where(mine, ShardRow.status == StepStatus.WAITING)
    waiting = (await session.execute(columns.order_by(ShardRow.id))).all()
    if not any(row.after for row in waiting):
        return
    statuses = select(ShardRow.name, ShardRow.status).where(mine)
    status = {row.name: row.status for row in (await session.execute(statuses)).all()}
    ready, dropped = list[str](), list[str]()
    for row in waiting:
        if all(status.get(name) == StepStatus.SUCCEEDED for name in row.after):
            ready.append(row.id)
        elif any(status.get(name) == StepStatus.DROPPED for name in row.after):
            status[row.name] = StepStatus.DROPPED
            dropped.append(row.id)
    if dropped:
        await session.execute(update(ShardRow).where(ShardRow.id.in_(dropped)).values(status=StepStatus.DROPPED))
    if ready:
        await _queue(session, job, ready)


async def _queue(session: AsyncSession, job: Job, ready: Sequence[str]) -> None:
    """Complete the messages of steps with what those before them left, and queue them."""
    rows = list(await session.scalars(select(ShardRow).where(ShardRow.id.in_(ready)).order_by(ShardRow.id)))
    taken = {step for row in rows for part in row.needs.values() for step, _ in part.values()}
    before = select(ShardRow).where(ShardRow.job_id == job.id, ShardRow.name.in_(taken))
    found = {row.name: result_of(row) for row in await session.scalars(before)}
    for row in rows:
        shard = resolved(Shard.model_validate(row.message), row.needs, found)
        row.status, row.result_key, row.message = StepStatus.QUEUED, shard.result_key, shard.model_dump(mode="json")
    effects(session).dispatch = True


async def any_unfinished(session: AsyncSession, job: Job) -> bool:
    """Whether any step of the job's plan still waits, is queued or runs."""
    await session.flush()
    query = select(ShardRow.id).where(ShardRow.job_id == job.id, ShardRow.status.in_(UNFINISHED)).limit(1)
    return await session.scalar(query) is not None


async def any_running(session: AsyncSession, job: Job) -> bool:
    """Whether a worker has a step of the job in hand."""
    await session.flush()
    running = select(ShardRow.id).where(ShardRow.job_id == job.id, ShardRow.status == StepStatus.RUNNING).limit(1)
    return await session.scalar(running) is not None


async def succeeded(session: AsyncSession, job_id: str) -> list[ShardRow]:
    """The steps of a job that have succeeded, in the order of the plan."""
    await session.flush()
    query = (
        select(ShardRow).where(ShardRow.job_id == job_id, ShardRow.status == StepStatus.SUCCEEDED).order_by(ShardRow.id)
    )
    return list(await session.scalars(query))


def keep_checkpoint(session: AsyncSession, row: ShardRow, checkpoint: Blob | None) -> None:
    """Have the step's next attempt go on from a checkpoint; with None it is done, and needs none any more."""
    message = {name: value for name, value in row.message.items() if name != "checkpoint"}
    before = row.message.get("checkpoint")
    now = None if checkpoint is None else checkpoint.model_dump(mode="json")
    if before == now:
        return
    if before is not None:
        effects(session).unused.add(before["sha256"])
    row.message = message if now is None else {**message, "checkpoint": now}


async def _forget_checkpoints(session: AsyncSession, job: Job) -> None:
    """What the job's steps could have gone on from is of no use any more."""
    checkpoint = ShardRow.message["checkpoint"]["sha256"].as_string()
    found = await session.scalars(select(checkpoint).where(ShardRow.job_id == job.id, checkpoint.is_not(None)))
    effects(session).unused.update(found)


async def end_steps(session: AsyncSession, job: Job) -> None:
    """Mark every unfinished step of a job as cancelled: nothing that comes of them counts any more."""
    await _forget_checkpoints(session, job)
    await session.execute(
        update(ShardRow)
        .where(ShardRow.job_id == job.id, ShardRow.status.in_(UNFINISHED))
        .values(status=StepStatus.CANCELLED)
    )


async def drop_steps(session: AsyncSession, job: Job) -> None:
    """Do without the unfinished steps of a job; the workers stop those that run after the commit."""
    mine = select(ShardRow).where(ShardRow.job_id == job.id)
    for row in await session.scalars(mine.where(ShardRow.status.in_(UNFINISHED))):
        keep_checkpoint(session, row, None)
        if row.status == StepStatus.RUNNING or row.enqueued_at is not None:
            effects(session).stopped.add(row.id)
        row.status = StepStatus.DROPPED


def result_of(row: ShardRow) -> ShardResult:
    """The stored result of a step that has succeeded."""
    return ShardResult.model_validate(row.result, extra=NEWER)

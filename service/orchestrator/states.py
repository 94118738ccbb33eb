"""Small steps on a job inside a transaction: log an event, add shards, change the state, end it.

Every function here takes a session that holds the job's lock (see `lock_job`) and commits nothing itself.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from openapi.base import utc_now
from openapi.problems import Problem
from openapi.wire.jobs import Limits, OutputFile, Shard, ShardResult, artifact_id
from service.db.tables import Artifact, Dataset, EventRow, Job, Model, ShardRow
from service.ids import new_id
from service.orchestrator.plan import Planned

TERMINAL = ("succeeded", "failed", "cancelled")
#: A `waiting` shard becomes `queued` when those that it comes after have succeeded.
UNFINISHED_SHARD = ("waiting", "queued", "running")

#: Stage of a job → the phase that callers read.
PHASES = {
    "waiting": "inspecting",
    "inspect": "inspecting",
    "prepare": "preparing",
    "evaluate": "attacks",
    "hardening": "hardening",
    "train": "training",
    "report": "report",
}


async def lock_job(session: AsyncSession, job_id: str) -> Job | None:
    """Load a job and keep its row locked; the parent of a hardening is locked first, so that locks never cross."""
    parent_id = await session.scalar(select(Job.parent_job_id).where(Job.id == job_id))
    for identity in (parent_id, job_id):
        if identity is not None:
            await session.execute(
                select(Job).where(Job.id == identity).with_for_update().execution_options(populate_existing=True)
            )
    return await session.get(Job, job_id)


def log_event(session: AsyncSession, job: Job, kind: str, data: dict[str, Any]) -> None:
    """Append to the job's event log."""
    job.last_seq += 1
    session.info.setdefault("changed", set()).add(job.id)
    session.add(EventRow(id=new_id("evt"), job_id=job.id, seq=job.last_seq, type=kind, data=data))


def set_status(session: AsyncSession, job: Job, status: str, **data: Any) -> None:
    """Change the job's status and tell of it."""
    if job.status == status:
        return
    job.status = status
    if status == "running" and job.started_at is None:
        job.started_at = utc_now()
    if status in TERMINAL:
        job.finished_at, job.waiting_for = utc_now(), None
    if status in ("failed", "cancelling", "cancelled"):
        session.info.setdefault("stop", set()).add(job.id)
    log_event(session, job, "status", {"status": status, **data})


async def wait_for(session: AsyncSession, job: Job, why: Problem | None) -> None:
    """Say what a job, or the inspection of a model or data set, waits for; None when it goes on."""
    told = None if why is None else why.model_dump(mode="json", exclude_none=True)
    if job.waiting_for is None and told is None:
        return
    job.waiting_for = told
    session.info.setdefault("changed", set()).add(job.id)
    if job.kind.startswith("inspect_"):
        table: type[Model] | type[Dataset] = Model if job.kind == "inspect_model" else Dataset
        row: Model | Dataset | None = await session.get(table, job.id)
        if row is not None and row.status == "inspecting":
            row.problem = told


def set_stage(session: AsyncSession, job: Job, stage: str) -> None:
    """Enter a stage."""
    job.stage = stage
    job.phase = "evaluation" if stage == "evaluate" and job.kind == "hardening" else PHASES[stage]
    job.progress = None
    log_event(session, job, "phase", {"phase": job.phase})


def add_shards(session: AsyncSession, job: Job, planned: Sequence[Planned], limits: Limits) -> None:
    """Enter the stage of the planned shards; they are dispatched after the commit."""
    set_stage(session, job, planned[0].stage)
    session.info["dispatch"] = True
    for plan in planned:
        shard_id = new_id("shd")
        message = plan.message(job.id, shard_id, limits, job.owner)
        session.add(
            ShardRow(
                id=shard_id,
                job_id=job.id,
                stage=plan.stage,
                name=plan.name,
                status="waiting" if plan.after else "queued",
                result_key=message.result_key,
                message=message.model_dump(mode="json"),
                after=list(plan.after),
                weight=plan.weight,
            )
        )
    total = sum(plan.weight for plan in planned)
    if planned[0].stage == "evaluate":
        job.progress = {"done": 0.0, "total": total, "unit": "samples"}


def revive(session: AsyncSession, job: Job) -> None:
    """Have the workers forget, after the commit, that an earlier run of this job was stopped."""
    session.info.setdefault("revive", set()).add(job.id)
    session.info["dispatch"] = True


async def release(session: AsyncSession, job: Job) -> None:
    """Queue the waiting shards of a job's stage that wait no longer, with the samples of those before as inputs."""
    await session.flush()
    mine = select(ShardRow).where(ShardRow.job_id == job.id, ShardRow.stage == job.stage)
    waiting = list(await session.scalars(mine.where(ShardRow.status == "waiting")))
    names = {name for row in waiting for name in row.after}
    if not names:
        return
    done = {
        row.name: row
        for row in await session.scalars(mine.where(ShardRow.status == "succeeded", ShardRow.name.in_(names)))
    }
    for row in waiting:
        if all(name in done for name in row.after):
            samples = [result_of(done[name]).files["samples"].blob for name in row.after]
            shard = Shard.model_validate(row.message)
            inputs = {**shard.inputs, **{f"fooled.{i}": blob for i, blob in enumerate(samples)}}
            shard = shard.model_copy(update={"inputs": inputs})
            row.status, row.result_key, row.message = "queued", shard.result_key, shard.model_dump(mode="json")
            session.info["dispatch"] = True


async def stage_is_done(session: AsyncSession, job: Job) -> bool:
    """Whether the job's stage has shards, and all of them have succeeded."""
    await session.flush()
    query = select(ShardRow.status, func.count()).where(ShardRow.job_id == job.id, ShardRow.stage == job.stage)
    found = (await session.execute(query.group_by(ShardRow.status))).all()
    # A `dropped` shard is one that an audit which ends early does without.
    return bool(found) and {status for status, _ in found} <= {"succeeded", "dropped"}


async def stage_shards(session: AsyncSession, job: Job, stage: str | None = None) -> list[ShardRow]:
    """The shards of a job's stage (the present one when None), in order of creation."""
    rows = await session.scalars(
        select(ShardRow).where(ShardRow.job_id == job.id, ShardRow.stage == (stage or job.stage)).order_by(ShardRow.id)
    )
    return list(rows)


async def update_progress(session: AsyncSession, job: Job, *, force: bool = False) -> None:
    """Sum the progress of the stage's shards; an event is logged at most once a second."""
    # Columns, not rows: results can be large, and events are many.
    columns = select(ShardRow.status, ShardRow.weight, ShardRow.progress)
    await session.flush()
    found = (await session.execute(columns.where(ShardRow.job_id == job.id, ShardRow.stage == job.stage))).all()
    if len(found) == 1 and (own := found[0].progress):
        job.progress = {name: own[name] for name in ("done", "total", "unit")}
    elif len(found) > 1:
        done = sum(row.weight * _share(row.status, row.progress) for row in found)
        job.progress = {"done": round(done, 2), "total": sum(row.weight for row in found), "unit": "samples"}
    now = utc_now()
    if job.progress and (force or job.progress_at is None or (now - job.progress_at).total_seconds() >= 1):
        job.progress_at = now
        log_event(session, job, "progress", {"phase": job.phase, **job.progress})
        parent = await session.get(Job, job.parent_job_id) if job.parent_job_id else None
        if parent is not None and parent.stage == "hardening":
            # Who follows an audit sees its hardening go on.
            log_event(session, parent, "progress", {"phase": "hardening", "detail": job.phase, **job.progress})


def _share(status: str, progress: dict[str, Any] | None) -> float:
    if status == "succeeded":
        return 1.0
    if not progress or not progress["total"]:
        return 0.0
    return float(min(1.0, progress["done"] / progress["total"]))


async def end_shards(session: AsyncSession, job: Job) -> None:
    """Mark every unfinished shard of a job as cancelled: nothing that comes of them counts any more."""
    await session.execute(
        update(ShardRow)
        .where(ShardRow.job_id == job.id, ShardRow.status.in_(UNFINISHED_SHARD))
        .values(status="cancelled")
    )


async def drop_shards(session: AsyncSession, job: Job) -> None:
    """Do without the unfinished shards of a job's stage; the workers stop those that run after the commit."""
    mine = select(ShardRow).where(ShardRow.job_id == job.id, ShardRow.stage == job.stage)
    for row in await session.scalars(mine.where(ShardRow.status.in_(UNFINISHED_SHARD))):
        if row.status == "running" or row.enqueued_at is not None:
            session.info.setdefault("stop", set()).add(row.id)
        row.status = "dropped"


async def fail_job(session: AsyncSession, job: Job, found: Problem) -> None:
    """End a job with a problem."""
    if job.status in TERMINAL:
        return
    await end_shards(session, job)
    job.problem = found.model_copy(update={"instance": f"/v1/{address(job)}"}).model_dump(
        mode="json", exclude_none=True
    )
    set_status(session, job, "failed", problem=job.problem)


def address(job: Job) -> str:
    """Path of what a job belongs to, below /v1."""
    folder = {"audit": "audits", "hardening": "hardenings", "inspect_model": "models", "inspect_dataset": "datasets"}
    return f"{folder[job.kind]}/{job.id}"


async def add_artifacts(session: AsyncSession, job: Job, files: Sequence[OutputFile]) -> None:
    """List files of a shard as the job's artifacts; what is listed already stays."""
    for file in files:
        identity = artifact_id(job.id, file.name)
        if await session.get(Artifact, identity) is not None:
            continue
        session.add(
            Artifact(
                id=identity,
                job_id=job.id,
                kind=file.kind,
                format=file.format,
                name=file.name,
                size=file.blob.size,
                sha256=file.blob.sha256,
            )
        )
        log_event(
            session, job, "artifact", {"id": identity, "kind": file.kind, "format": file.format, "name": file.name}
        )


def result_of(row: ShardRow) -> ShardResult:
    """The stored result of a succeeded shard."""
    return ShardResult.model_validate(row.result)

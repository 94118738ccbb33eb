"""Reads out of the database what a job's plan is drawn from."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from openapi.base import utc_now
from openapi.stages.base import Stage
from openapi.wire.settings import Settings
from service.db.tables import Dataset, Job, Model, ShardRow
from service.orchestrator.job_rows import TERMINAL
from service.orchestrator.kinds import KINDS
from service.orchestrator.plan import Child, Done, Known, Subject
from service.orchestrator.step_rows import result_of, succeeded
from service.orchestrator.subjects import load_subject


async def load_known(session: AsyncSession, job: Job, settings: Settings) -> Known | None:
    """All that the job's plan is drawn from; None while something that it works on is inspected.

    Raises `SubjectRejected` when inspection refused it, and `ValidationError` when the stored request is broken.
    """
    kind = KINDS[job.kind]
    request = kind.request(job.request)
    subjects: dict[str, Subject | None] = {}
    for part, (column, pointer) in kind.subjects.items():
        identity = getattr(job, column)
        if identity is not None:
            table: type[Model] | type[Dataset] = Model if part == "model" else Dataset
            subjects[part] = await load_subject(session, table, identity, pointer)
    ready = {part: subject for part, subject in subjects.items() if subject is not None}
    if len(ready) < len(subjects):
        return None
    await session.flush()
    parent = await session.get(Job, job.parent_job_id) if job.parent_job_id else None
    rows = await succeeded(session, job.id)
    return Known(
        job_id=job.id,
        kind=job.kind,
        created_at=job.created_at,
        now=utc_now(),
        request=request,
        subjects=ready,
        planned=frozenset(await session.scalars(select(ShardRow.name).where(ShardRow.job_id == job.id))),
        done={row.name: Done(row.phase, row.name, Stage(row.stage), result_of(row)) for row in rows},
        slice_size=settings.shard_samples,
        stopped=(job.metrics or {}).get("stopped"),
        child=await _child(session, job),
        keeps_examples=bool(parent and parent.request.get("keep_examples")),
    )


async def _child(session: AsyncSession, job: Job) -> Child | None:
    child = await session.get(Job, job.child_job_id) if job.child_job_id else None
    if child is None:
        return None
    trained = [row for row in await succeeded(session, child.id) if row.stage == Stage.HARDEN]
    return Child(
        child.id,
        child.status,
        child.status in TERMINAL,
        child.hardened_model_id,
        child.verdict,
        child.metrics,
        child.problem,
        result_of(trained[-1]) if trained else None,
    )

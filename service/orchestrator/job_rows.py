"""Jobs in the database: lock one, log an event, change its status or phase, list its artifacts, end it.

Every function here takes a session that holds the job's lock (see `lock_job`) and commits nothing itself.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from pydantic import JsonValue
from sqlalchemy import ColumnElement, Text, bindparam, cast, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from openapi.base import JsonObject, utc_now
from openapi.problems import Problem
from openapi.status import TERMINAL, JobKind, JobStatus, UploadStatus
from openapi.wire.jobs import OutputFile, artifact_id
from service.db.tables import Artifact, Dataset, EventRow, Job, Model
from service.ids import new_id
from service.orchestrator.effects import effects

#: The phase of an audit while its hardening, a job of its own, goes on.
HARDENING = "hardening"
#: Where what a job belongs to is found, below /v1.
_FOLDERS = {
    JobKind.AUDIT: "audits",
    JobKind.HARDENING: "hardenings",
    JobKind.INSPECT_MODEL: "models",
    JobKind.INSPECT_DATASET: "datasets",
}


_CHILD = aliased(Job)
_PARENT = select(_CHILD.parent_job_id).where(_CHILD.id == bindparam("id")).scalar_subquery()
#: A job and the parent of a hardening, which comes first. Built once: it begins almost every transaction.
_LOCK = (
    select(Job)
    .where(or_(Job.id == bindparam("id"), Job.id == _PARENT))
    .order_by(Job.id == bindparam("id"))
    .with_for_update()
    .execution_options(populate_existing=True)
)


async def lock_job(session: AsyncSession, job_id: str) -> Job | None:
    """Load a job and keep its row locked; the parent of a hardening is locked first, so that locks never cross."""
    return {job.id: job for job in await session.scalars(_LOCK, {"id": job_id})}.get(job_id)


async def hurry(session: AsyncSession, job: Job) -> None:
    """Inspections that a new job waits for are as urgent as it is: else it would wait behind what is less urgent."""
    concepts = (job.request.get("explain") or {}).get("dissection") or {}
    subjects = (job.model_id, job.dataset_id, job.train_dataset_id, concepts.get("dataset_id"))
    awaited = select(Job).where(
        Job.id.in_({identity for identity in subjects if identity is not None}),
        Job.status.not_in(TERMINAL),
        Job.priority < job.priority,
    )
    for inspection in await session.scalars(awaited):
        inspection.priority = job.priority


def works_on(identity: str) -> ColumnElement[bool]:
    """Whether a job works on this model or data set."""
    of_concepts = Job.request["explain"]["dissection"]["dataset_id"].as_string()
    columns = (Job.model_id, Job.dataset_id, Job.train_dataset_id, of_concepts)
    return or_(*(column == identity for column in columns))


async def masked_by(session: AsyncSession, job: Job) -> tuple[str, Job] | None:
    """An artifact of a job and an unfinished other job whose attacks take their masks from it, if there is one."""
    of_same = select(Job).where(
        Job.tenant_id == job.tenant_id, Job.status.not_in(TERMINAL), Job.parent_job_id.is_(None), Job.id != job.id
    )
    for identity in await session.scalars(select(Artifact.id).where(Artifact.job_id == job.id)):
        for user in await session.scalars(of_same.where(cast(Job.request, Text).contains(identity))):
            if identity in _masks(user.request):
                return identity, user
    return None


def _masks(asked: Any) -> Iterator[str]:
    """The artifacts that any attack of a stored request takes its mask from."""
    for value in asked.values() if isinstance(asked, dict) else asked if isinstance(asked, list) else ():
        yield from _masks(value)
    if isinstance(asked, dict) and isinstance(mask := asked.get("mask"), dict) and mask.get("artifact_id"):
        yield mask["artifact_id"]


async def inspected_row(session: AsyncSession, job: Job) -> Model | Dataset | None:
    """The model or data set that an inspection looks at; None for other jobs."""
    if job.kind == JobKind.INSPECT_MODEL:
        return await session.get(Model, job.id)
    return await session.get(Dataset, job.id) if job.kind == JobKind.INSPECT_DATASET else None


def log_event(session: AsyncSession, job: Job, kind: str, data: JsonObject) -> None:
    """Append to the job's event log."""
    job.last_seq += 1
    effects(session).changed.add(job.id)
    session.add(
        EventRow(id=new_id("evt"), tenant_id=job.tenant_id, job_id=job.id, seq=job.last_seq, type=kind, data=data)
    )


def set_status(session: AsyncSession, job: Job, status: JobStatus, **data: JsonValue) -> None:
    """Change the job's status and tell of it."""
    if job.status == status:
        return
    job.status = status
    if status == JobStatus.RUNNING and job.started_at is None:
        job.started_at = utc_now()
    if status in TERMINAL:
        # Clocks of two machines may differ: nothing ends before it has begun.
        job.finished_at = max(utc_now(), job.started_at or job.created_at)
        job.waiting_for, job.seconds_left = None, None
    if status in (JobStatus.FAILED, JobStatus.CANCELLING, JobStatus.CANCELLED):
        effects(session).stopped.add(job.id)
    effects(session).news.append((job, status))
    log_event(session, job, "status", {"status": status, **data})


async def wait_for(session: AsyncSession, job: Job, why: Problem | None) -> None:
    """Say what a job, or the inspection of a model or data set, waits for; None when it goes on."""
    told = None if why is None else why.model_dump(mode="json", exclude_none=True)
    if job.waiting_for is None and told is None:
        return
    job.waiting_for = told
    effects(session).changed.add(job.id)
    row = await inspected_row(session, job)
    if row is not None and row.status == UploadStatus.INSPECTING:
        row.problem = told


def set_phase(session: AsyncSession, job: Job, phase: str) -> None:
    """Enter a phase."""
    job.phase, job.progress, job.seconds_left = phase, None, None
    log_event(session, job, "phase", {"phase": phase})


def revive(session: AsyncSession, job: Job) -> None:
    """Have the workers forget, after the commit, that an earlier run of this job was stopped."""
    effects(session).revived.add(job.id)
    effects(session).dispatch = True


def fail_job(session: AsyncSession, job: Job, found: Problem) -> None:
    """End a job with a problem."""
    if job.status in TERMINAL:
        return
    job.problem = found.model_copy(update={"instance": f"/v1/{address(job)}"}).model_dump(
        mode="json", exclude_none=True
    )
    set_status(session, job, JobStatus.FAILED, problem=job.problem)


def address(job: Job) -> str:
    """Path of what a job belongs to, below /v1."""
    return f"{_FOLDERS[job.kind]}/{job.id}"


async def show(session: AsyncSession, job: Job, files: Sequence[OutputFile], told: JsonObject | None) -> None:
    """Keep what a step that was cancelled or failed had to show, and what it said of it."""
    if files:
        await add_artifacts(session, job, files)
        job.metrics = {"so_far": {"told": told, "files": [file.name for file in files]}}


async def add_artifacts(session: AsyncSession, job: Job, files: Sequence[OutputFile]) -> None:
    """List files of a step as the job's artifacts; what is listed already stays."""
    for file in files:
        identity = artifact_id(job.id, file.name)
        if await session.get(Artifact, identity) is not None:
            continue
        session.add(
            Artifact(
                id=identity,
                tenant_id=job.tenant_id,
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

"""How a job's end is written down: its verdict, the model that it made, what an inspection found."""

import hashlib

from sqlalchemy.ext.asyncio import AsyncSession

from openapi.stages.base import as_it_came
from openapi.status import JobStatus, UploadStatus
from openapi.wire.jobs import ShardResult
from service.db.tables import Dataset, Job, Model
from service.ids import new_id
from service.orchestrator import job_rows
from service.orchestrator.plan import Ending
from service.orchestrator.subjects import ModelSubject


async def write_ending(session: AsyncSession, job: Job, ending: Ending) -> None:
    """End a job well."""
    if ending.hardened is not None:
        adopt_hardened(session, job, ending, ending.hardened)
    if ending.inspected is not None:
        row = await job_rows.inspected_row(session, job)
        if row is None:
            return
        write_inspection(row, ending.inspected)
    job.verdict = ending.verdict
    job.metrics = None if ending.metrics is None else ending.metrics.dump()
    job_rows.set_status(session, job, JobStatus.SUCCEEDED, verdict=job.verdict)


def write_inspection(row: Model | Dataset, result: ShardResult) -> None:
    """Make a model or data set ready for use."""
    row.status, row.inspection, row.problem = UploadStatus.READY, result.value, None
    if isinstance(row, Dataset):
        row.files = {name: file.model_dump(mode="json") for name, file in result.files.items()}


def adopt_hardened(session: AsyncSession, job: Job, ending: Ending, subject: ModelSubject) -> None:
    """Make the hardened checkpoint in the uploaded format a model that can be audited."""
    model = Model(
        id=new_id("mdl"),
        tenant_id=job.tenant_id,
        # Never equal to an upload's: the same bytes uploaded again are another model, without a parent.
        fingerprint=hashlib.sha256(f"hardened {job.id}".encode()).hexdigest(),
        name=subject.name,
        sha256=subject.sha256,
        size=subject.size,
        filename=ending.filename,
        status=UploadStatus.READY,
        meta=as_it_came(subject.meta),
        inspection=as_it_came(subject.inspection),
        parent_id=ending.parent_id,
        hardening_id=job.id,
    )
    session.add(model)
    job.hardened_model_id = model.id

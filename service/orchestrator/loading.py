"""Loading models and data sets for work: ready, still being inspected, or of no use."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from openapi.audits import AuditRequest
from openapi.base import NEWER
from openapi.datasets import DatasetInspection, DatasetMetadata
from openapi.models import ModelInspection, ModelMetadata
from openapi.problems import FieldError, InvalidField, Problem, TremorError, unreadable
from openapi.stages.report import examples_name
from openapi.status import UploadStatus
from openapi.wire.jobs import Blob, OutputFile
from service.db.tables import Artifact, Dataset, Job, Model
from service.orchestrator.subjects import Baseline, DatasetSubject, KeptExamples, MaskFile, ModelSubject
from service.tenants.caller import Caller

Row = TypeVar("Row", Model, Dataset)
Found = TypeVar("Found", ModelSubject, DatasetSubject)


class SubjectRejected(TremorError):
    """A job asks for a model or data set that inspection rejected; its problem becomes the job's."""

    slug = "validation"

    def __init__(self, pointer: str, kind: str, identity: str, found: Problem | None) -> None:
        reason = f": {found.detail}" if found and found.detail else ""
        detail = f"the {kind} {identity} was rejected{reason}"
        super().__init__(detail, errors=(FieldError(pointer=pointer, detail=detail),))
        self.slug = found.slug if found else "validation"


async def load_model(
    session: AsyncSession, identity: str, pointer: str, caller: Caller | None = None
) -> ModelSubject | None:
    """Return the model when it is ready, None while it is inspected.

    Raises `InvalidField` when there is none of that id that the caller may see (the program itself may see all),
    `SubjectRejected` when inspection refused it or what is stored of it is broken.
    """
    row = await session.get(Model, identity)
    return _load(row, "model", _model, identity, pointer, caller)


async def load_dataset(
    session: AsyncSession, identity: str, pointer: str, caller: Caller | None = None
) -> DatasetSubject | None:
    """Return the data set when it is ready, None while it is inspected. Raises as `load_model` does."""
    row = await session.get(Dataset, identity)
    return _load(row, "data set", _dataset, identity, pointer, caller)


def _load(
    row: Row | None,
    kind: str,
    subject_of: Callable[[Row], Found],
    identity: str,
    pointer: str,
    caller: Caller | None,
) -> Found | None:
    """The subject of a row that is ready, None of one that is still inspected; raises as `load_model` does."""
    if row is None or (caller is not None and not caller.may_see(row)):
        raise InvalidField(pointer, f"there is no {kind} {identity!r}; upload it first")
    if row.status == UploadStatus.REJECTED:
        raise SubjectRejected(pointer, kind, identity, Problem.model_validate(row.problem) if row.problem else None)
    if row.status != UploadStatus.READY:
        return None
    try:
        return subject_of(row)
    except ValidationError as error:
        raise SubjectRejected(pointer, kind, identity, unreadable(kind, identity, error)) from error


def _model(row: Model) -> ModelSubject:
    inspection = ModelInspection.model_validate(row.inspection, extra=NEWER)
    return ModelSubject(row.id, row.name, row.sha256, row.size, inspection, ModelMetadata.model_validate(row.meta))


def _dataset(row: Dataset) -> DatasetSubject:
    inspection = DatasetInspection.model_validate(row.inspection, extra=NEWER)
    meta = DatasetMetadata.model_validate(row.meta)
    files = {name: OutputFile.model_validate(value) for name, value in (row.files or {}).items()}
    return DatasetSubject(row.id, row.name, row.sha256, row.size, inspection, meta, files)


async def load_baselines(session: AsyncSession, wanted: Sequence[str], tenant: str) -> dict[str, Baseline]:
    """What those of the wanted audits left that are the tenant's and have a report, by their ids."""
    found = {}
    for identity in dict.fromkeys(wanted):
        query = select(Artifact).where(
            Artifact.job_id == identity, Artifact.tenant_id == tenant, Artifact.kind.in_(("report", "samples"))
        )
        files = {row.format: Blob(sha256=row.sha256, size=row.size) for row in await session.scalars(query)}
        if "json" in files:
            found[identity] = Baseline(files["json"], files.get("jsonl"))
    return found


async def load_kept(session: AsyncSession, audit_id: str) -> list[KeptExamples]:
    """The examples that an audit kept, in the order of its attacks; none where it kept none or is gone."""
    job = await session.get(Job, audit_id)
    if job is None:
        return []
    query = select(Artifact).where(Artifact.job_id == audit_id, Artifact.kind == "examples", Artifact.format == "npz")
    blobs = {row.name: Blob(sha256=row.sha256, size=row.size) for row in await session.scalars(query)}
    specs = AuditRequest.model_validate(job.request).attacks or ()
    return [
        KeptExamples(str(spec.id), str(spec.threat_model.untargeted), blobs[examples_name(str(spec.id))])
        for spec in specs
        if examples_name(str(spec.id)) in blobs
    ]


async def load_mask_files(
    session: AsyncSession, identities: Sequence[str], caller: Caller | None = None
) -> dict[str, MaskFile]:
    """The artifacts of these ids that there are, and that the caller may see.

    Their jobs stay until the transaction has ended: what deletes one sees then who names its artifacts.
    """
    found = {}
    for identity in identities:
        artifact = await session.get(Artifact, identity)
        job = await session.get(Job, artifact.job_id, with_for_update={"read": True}) if artifact is not None else None
        if artifact is not None and job is not None and (caller is None or caller.may_see(job)):
            blob = Blob(sha256=artifact.sha256, size=artifact.size)
            found[identity] = MaskFile(blob, artifact.kind, job.dataset_id)
    return found

"""What a hardening leaves: a model of its own, and facts for the audit that asked for it."""

import hashlib
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from openapi.hardenings import HardeningRequest
from openapi.wire.jobs import ShardResult
from service.db.tables import Job, Model
from service.ids import new_id
from service.orchestrator.plan import Subject


def hardened_subject(parent: Subject, trained: ShardResult, request: HardeningRequest) -> Subject:
    """The hardened model, in the format of the upload where it can be written; it takes what the parent took."""
    file = trained.files[trained.value["uploaded_format"]]
    name = request.name or f"{parent.name} ({request.method} hardened)"
    return Subject(
        id="",
        name=name[:200],
        sha256=file.blob.sha256,
        size=file.blob.size,
        inspection=trained.value["inspection"],
        # Where the upload's format cannot be written the checkpoint has another; it returns its logits alone.
        meta={**parent.meta, "name": name[:200], "format": None, "output": None},
    )


def adopt_hardened(
    session: AsyncSession, job: Job, request: HardeningRequest, parent: Subject, trained: ShardResult
) -> None:
    """Make the hardened checkpoint in the uploaded format a model that can be audited."""
    subject = hardened_subject(parent, trained, request)
    model = Model(
        id=new_id("mdl"),
        owner=job.owner,
        # Never equal to an upload's: the same bytes uploaded again are another model, without a parent.
        fingerprint=hashlib.sha256(f"hardened {job.id}".encode()).hexdigest(),
        name=subject.name,
        sha256=subject.sha256,
        size=subject.size,
        filename=trained.files[trained.value["uploaded_format"]].name,
        status="ready",
        meta=dict(subject.meta),
        inspection=dict(subject.inspection),
        parent_id=parent.id,
        hardening_id=job.id,
    )
    session.add(model)
    job.hardened_model_id = model.id


def hardening_facts(job: Job, trained: ShardResult) -> dict[str, Any]:
    """What an audit's report says of its hardening."""
    return {
        "id": job.id,
        "model_id": job.hardened_model_id,
        "verdict": job.verdict,
        **{name: trained.value.get(name) for name in ("layers", "frozen", "log")},
        **(job.metrics or {}),
    }

"""Entering a made-up audit and its hardening in the database and the store of a data folder."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from openapi.base import utc_now
from openapi.status import JobKind, JobStatus
from openapi.wire.blobs import BlobStore
from openapi.wire.jobs import Blob, artifact_id
from openapi.wire.settings import Settings
from service.db.database import Database
from service.db.tables import Artifact, Job
from service.tenants.caller import DEFAULT_TENANT

#: Kind, format and name of a file.
About = tuple[str, str, str]


async def put(
    settings: Settings,
    audit: str,
    hardening: str,
    request: dict[str, Any],
    files: Mapping[tuple[str, About], bytes | Path],
) -> None:
    """Enter both jobs as they are when they have ended, with their files: (job, about) → content."""
    db, blobs = Database(settings.sqlalchemy_url), BlobStore.from_settings(settings)
    await db.migrate()
    kept = {
        key: blobs.put_bytes(data) if isinstance(data, bytes) else blobs.put_file(data) for key, data in files.items()
    }
    jobs = [
        _job(audit, JobKind.AUDIT, request, child_job_id=hardening),
        _job(hardening, JobKind.HARDENING, {}, parent_job_id=audit),
    ]
    async with db.write() as session:
        for job in jobs:
            if (old := await session.get(Job, job.id)) is not None:
                await session.delete(old)
                await session.flush()
        for job in jobs:
            session.add(job)
            await session.flush()
        for (owner, about), blob in kept.items():
            session.add(_artifact(owner, about, blob))
    await db.close()


def _job(identity: str, kind: JobKind, request: dict[str, Any], **related: str) -> Job:
    now = utc_now()
    return Job(
        id=identity,
        tenant_id=DEFAULT_TENANT,
        kind=kind,
        status=JobStatus.SUCCEEDED,
        phase="report",
        planned=True,
        model_id="mdl_synthetic",
        dataset_id="dst_synthetic",
        request=request,
        last_seq=0,
        created_at=now,
        started_at=now,
        finished_at=now,
        **related,
    )


def _artifact(owner: str, about: About, blob: Blob) -> Artifact:
    kind, format, name = about
    identity = artifact_id(owner, name)
    return Artifact(
        id=identity,
        tenant_id=DEFAULT_TENANT,
        job_id=owner,
        kind=kind,
        format=format,
        name=name,
        size=blob.size,
        sha256=blob.sha256,
    )

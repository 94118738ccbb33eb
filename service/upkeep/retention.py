"""Retention: what has ended is deleted when it is too old, or while all of it takes too much room.

Jobs that have ended go first, the oldest before the others, then models and data sets that no job names. What an
unfinished job needs stays, whatever the limits say.
"""

import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, or_, select

from openapi.base import utc_now
from openapi.problems import Conflict, NotFound
from openapi.status import TERMINAL, JobKind, UploadStatus
from service.audits.service import AuditService
from service.context import Services
from service.datasets.service import DatasetService
from service.db.clock import age_now
from service.db.tables import Dataset, Job, Model
from service.hardenings.service import HardeningService
from service.models.service import ModelService
from service.tenants.caller import Caller

_log = logging.getLogger("tremor.upkeep")

_JOBS: dict[JobKind, type[AuditService | HardeningService]] = {
    JobKind.AUDIT: AuditService,
    JobKind.HARDENING: HardeningService,
}
_UPLOADS: dict[Any, type[ModelService | DatasetService]] = {Model: ModelService, Dataset: DatasetService}
_BATCH = 100


@dataclass(frozen=True)
class Old:
    """Something that may go."""

    service: type[AuditService | HardeningService | ModelService | DatasetService]
    id: str
    tenant: str


async def retain(services: Services, days: float | None, most_bytes: int | None) -> list[str]:
    """Delete what is older than so many days, and the oldest while blobs take more than so many bytes; returns ids."""
    gone: list[str] = []
    if days is not None:
        async with services.db.read() as session:
            cutoff = await age_now(session) - timedelta(days=days)
        gone += [old.id async for old in _candidates(services, cutoff) if await _delete(services, old) is not None]
    if most_bytes is not None:
        sizes = {found.name: found.size async for found in services.blobs.list_blobs()}
        held = sum(sizes.values())
        async for old in _candidates(services, utc_now()):
            if held <= most_bytes:
                break
            if (freed := await _delete(services, old)) is not None:
                gone.append(old.id)
                held -= sum(sizes.pop(sha256, 0) for sha256 in freed)
    if gone:
        _log.info("deleted by retention: %s", ", ".join(gone))
    return gone


async def _delete(services: Services, old: Old) -> list[str] | None:
    """Delete one; returns the blobs that are gone with it, None when it cannot go."""
    try:
        return await old.service(services.of(Caller(old.tenant))).delete(old.id)
    except (NotFound, Conflict):
        return None  # somebody was faster, or uses it


async def _candidates(services: Services, before: datetime) -> AsyncIterator[Old]:
    """What may go and was finished (a job) or made (an upload) before a moment, in the order in which it goes.

    A part of another job goes with that.
    """
    ended = (Job.kind.in_(_JOBS), Job.status.in_(TERMINAL), Job.parent_job_id.is_(None), Job.finished_at < before)
    async for row in _oldest(services, Job, Job.finished_at, *ended):
        yield Old(_JOBS[row.kind], row.id, row.tenant_id)
    for table, upload in _UPLOADS.items():
        named = (Job.model_id, Job.dataset_id, Job.train_dataset_id, Job.hardened_model_id)
        used = exists().where(or_(*(column == table.id for column in named)))
        free = (table.created_at < before, table.status != UploadStatus.INSPECTING, ~used)
        async for row in _oldest(services, table, table.created_at, *free):
            yield Old(upload, row.id, row.tenant_id)


async def _oldest(services: Services, table: Any, age: Any, *where: ColumnElement[bool]) -> AsyncIterator[Any]:
    """Rows, the oldest first, read in batches: they go while they are read."""
    last: tuple[Any, str] | None = None
    while True:
        query = select(table).where(*where).order_by(age, table.id).limit(_BATCH)
        if last is not None:
            query = query.where(or_(age > last[0], and_(age == last[0], table.id > last[1])))
        async with services.db.read() as session:
            found = list(await session.scalars(query))
        if not found:
            return
        for row in found:
            last = getattr(row, age.key), row.id
            yield row

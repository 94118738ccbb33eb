"""How much a tenant may have: bytes kept, jobs unfinished, work in the workers' hands, requests a minute."""

from dataclasses import dataclass

from sqlalchemy import func, select, union
from sqlalchemy.ext.asyncio import AsyncSession

from openapi.base import utc_now
from openapi.problems import QuotaExceeded, RateLimited
from openapi.status import TERMINAL, JobStatus
from openapi.wire.settings import Settings
from service.db.resumable import ResumableUpload
from service.db.tables import Artifact, Dataset, Job, Model, Tenant

_TRY_AGAIN_SECONDS = 60


@dataclass(frozen=True)
class Quotas:
    """A tenant's own, or what the settings say; None is no limit."""

    max_bytes: int | None
    max_queued: int
    max_running: int | None


def quotas_of(row: Tenant | None, settings: Settings) -> Quotas:
    """The quotas of a tenant."""
    own = row or Tenant()
    return Quotas(
        settings.tenant_max_bytes if own.max_bytes is None else own.max_bytes,
        settings.tenant_max_queued if own.max_queued is None else own.max_queued,
        settings.tenant_max_running if own.max_running is None else own.max_running,
    )


async def load_quotas(session: AsyncSession, tenant_id: str, settings: Settings) -> Quotas:
    """The quotas of a tenant, from its row."""
    return quotas_of(await session.get(Tenant, tenant_id), settings)


async def tenant_called(session: AsyncSession, name: str) -> str | None:
    """The id of the tenant of a name, if there is one: two of one name could not be told apart in lists."""
    found: str | None = await session.scalar(select(Tenant.id).where(Tenant.name == name).limit(1))
    return found


async def used_bytes(session: AsyncSession, tenant_id: str) -> int:
    """Bytes of a tenant's models, data sets and artifacts, and of files that come in parts, whole as they will be.

    The same content counts once, whoever else has it; what is on its way counts by itself.
    """
    kept = union(*(select(t.sha256, t.size).where(t.tenant_id == tenant_id) for t in (Model, Dataset, Artifact)))
    coming = select(func.sum(ResumableUpload.length)).where(
        ResumableUpload.tenant_id == tenant_id, ResumableUpload.expires_at > utc_now()
    )
    here = await session.scalar(select(func.sum(kept.subquery().c.size)))
    return int(here or 0) + int(await session.scalar(coming) or 0)


async def unfinished_jobs(session: AsyncSession, tenant_id: str) -> int:
    """Jobs of a tenant that have not ended; a hardening that is a part of an audit counts with it."""
    query = select(func.count()).where(
        Job.tenant_id == tenant_id, Job.status.not_in(TERMINAL), Job.parent_job_id.is_(None)
    )
    return int(await session.scalar(query) or 0)


async def waiting_jobs(session: AsyncSession, tenant_id: str) -> int:
    """Those of `unfinished_jobs` of which no worker has begun anything."""
    query = select(func.count()).where(
        Job.tenant_id == tenant_id, Job.status == JobStatus.QUEUED, Job.parent_job_id.is_(None)
    )
    return int(await session.scalar(query) or 0)


async def check_bytes(
    session: AsyncSession, tenant_id: str, settings: Settings, more: int, sha256: str | None = None
) -> None:
    """Raise `QuotaExceeded` where so many bytes `more` are too many; content that the tenant has already costs none."""
    most = (await load_quotas(session, tenant_id, settings)).max_bytes
    if most is None:
        return
    used = await used_bytes(session, tenant_id)
    if used + more > most and not await _has(session, tenant_id, sha256):
        wanted = f"{more} more do not fit" if more else "there is no room for more"
        raise QuotaExceeded(
            f"This tenant keeps {used} bytes and may keep {most}; {wanted}. Delete models, data sets or jobs that are "
            "not needed any more",
            used=used,
            quota=most,
        )


async def _has(session: AsyncSession, tenant_id: str, sha256: str | None) -> bool:
    there = union(
        *(select(t.sha256).where(t.tenant_id == tenant_id, t.sha256 == sha256) for t in (Model, Dataset, Artifact))
    )
    return await session.scalar(there) is not None


async def check_queue(session: AsyncSession, tenant_id: str, settings: Settings) -> None:
    """Raise `RateLimited` where one more job would be too many, `QuotaExceeded` where any would be."""
    most = (await load_quotas(session, tenant_id, settings)).max_queued
    if most == 0:
        raise QuotaExceeded("This tenant may start no jobs: its quota of unfinished jobs is 0", quota=0)
    if await unfinished_jobs(session, tenant_id) >= most:
        raise RateLimited(f"{most} jobs are unfinished; wait until some have ended", retry_after=_TRY_AGAIN_SECONDS)

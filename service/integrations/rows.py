"""Versions in the database: noted once, claimed by one process at a time, put off, ended."""

import json
from dataclasses import astuple
from datetime import timedelta

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from openapi.base import utc_now
from openapi.integrations import VersionInfo
from openapi.problems import Problem
from openapi.status import TERMINAL
from service.db.database import Database
from service.db.tables import Job, RegistryVersion
from service.ids import new_id
from service.integrations.base import Version
from service.integrations.config import RegistryConfig

#: As wide are the columns.
_LONGEST = {"model": 300, "version": 100, "again": 200}
#: One lock for notes, so that a version that is told of twice at the same time is one row.
_NOTES_LOCK = 0x72656773
#: A row in work is taken by nobody else for so long; whoever works on it says so again in time (`CLAIM_AGAIN`).
CLAIM, CLAIM_AGAIN = timedelta(seconds=30), 10.0
_FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=5), timedelta(hours=1)


def version_info(row: RegistryVersion) -> VersionInfo:
    """A row as the API answers it."""
    return VersionInfo(
        id=row.id,
        registry=row.source,
        model=row.model,
        version=row.version,
        status=row.status,
        model_id=row.model_id,
        audit_id=row.audit_id,
        problem=Problem.model_validate(row.problem) if row.problem else None,
    )


def version_of(row: RegistryVersion) -> Version:
    """A row as its registry knows it."""
    return Version(row.model, row.version, row.again, row.told)


def unstorable(version: Version) -> str | None:
    """Why a version cannot be kept; None: it can."""
    for name, most in _LONGEST.items():
        if len(getattr(version, name)) > most:
            return f"{name} has more than {most} characters"
    try:
        text = json.dumps(astuple(version), ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return "it holds half of a character"
    return "it holds the character NUL" if rb"\u0000" in text else None


async def note(
    db: Database, session: AsyncSession, config: RegistryConfig, version: Version
) -> tuple[RegistryVersion, bool]:
    """The row of a version, and whether it is new."""
    await db.lock(session, _NOTES_LOCK)
    same = select(RegistryVersion).where(
        RegistryVersion.tenant_id == config.tenant,
        RegistryVersion.source == config.name,
        RegistryVersion.model == version.model,
        RegistryVersion.version == version.version,
        RegistryVersion.again == version.again,
    )
    row = await session.scalar(same)
    if row is not None:
        return row, False
    row = RegistryVersion(
        id=new_id("ver"),
        tenant_id=config.tenant,
        source=config.name,
        model=version.model,
        version=version.version,
        again=version.again,
        told=version.told,
        status="queued",
        attempt_count=0,
        next_attempt_at=utc_now(),
        created_at=utc_now(),
    )
    session.add(row)
    return row, True


def _due(config: RegistryConfig) -> ColumnElement[bool]:
    """Rows with something to do: to fetch, or to write back what has come of them."""
    running = exists().where(Job.id == RegistryVersion.audit_id, Job.status.not_in(TERMINAL))
    return and_(
        RegistryVersion.source == config.name,
        RegistryVersion.tenant_id == config.tenant,
        RegistryVersion.next_attempt_at <= utc_now(),
        or_(RegistryVersion.status != "auditing", ~running),
    )


async def claim(session: AsyncSession, config: RegistryConfig) -> RegistryVersion | None:
    """Take the row that has waited longest, so that no other process works on it as well."""
    oldest = select(RegistryVersion).where(_due(config)).order_by(RegistryVersion.next_attempt_at, RegistryVersion.id)
    row = await session.scalar(oldest.limit(1).with_for_update(skip_locked=True))
    if row is not None:
        row.next_attempt_at = utc_now() + CLAIM
    return row


def pause(count: int) -> timedelta:
    """How long a row waits after `count` failed tries."""
    return min(_FIRST_PAUSE * float(2 ** min(count - 1, 20)), LONGEST_PAUSE)

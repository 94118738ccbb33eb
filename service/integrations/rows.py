"""Versions in the database: noted once, claimed by one process at a time, put off, ended."""

import json
from collections.abc import Collection
from dataclasses import astuple
from datetime import timedelta

from sqlalchemy import Select, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from openapi.base import utc_now
from openapi.integrations import VersionInfo
from openapi.problems import Problem
from openapi.status import TERMINAL
from service.db.database import Database
from service.db.integrations import Integration, RegistryVersion
from service.db.tables import Job
from service.ids import new_id
from service.integrations.base import Version

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
        integration_id=row.integration_id,
        model=row.model,
        version=row.version,
        status=row.status,
        model_id=row.model_id,
        audit_id=row.audit_id,
        problem=Problem.model_validate(row.problem) if row.problem else None,
        created_at=row.created_at,
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
    db: Database, session: AsyncSession, integration_id: str, version: Version
) -> tuple[RegistryVersion, bool] | None:
    """The row of a version, and whether it is new. None: the integration was deleted meanwhile."""
    await db.lock(session, _NOTES_LOCK)
    # Shared, so that it is not deleted before the row is there; SQLite's only writer has it already.
    owner = await session.get(Integration, integration_id, with_for_update={"read": True}, populate_existing=True)
    if owner is None:
        return None
    same = select(RegistryVersion).where(
        RegistryVersion.integration_id == integration_id,
        RegistryVersion.model == version.model,
        RegistryVersion.version == version.version,
        RegistryVersion.again == version.again,
    )
    row = await session.scalar(same)
    if row is not None:
        return row, False
    row = RegistryVersion(
        id=new_id("ver"),
        tenant_id=owner.tenant_id,
        integration_id=integration_id,
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


def _due(busy: Collection[str]) -> Select[RegistryVersion]:
    """Rows with something to do, the longest due first: to fetch, or to write back what has come of them."""
    running = exists().where(Job.id == RegistryVersion.audit_id, Job.status.not_in(TERMINAL))
    return (
        select(RegistryVersion)
        .join(Integration)
        .where(
            Integration.paused_at.is_(None),
            Integration.id.not_in(busy),
            RegistryVersion.next_attempt_at <= utc_now(),
            or_(RegistryVersion.status != "auditing", ~running),
        )
        .order_by(RegistryVersion.next_attempt_at, RegistryVersion.id)
        .limit(1)
    )


async def claim(db: Database, busy: Collection[str]) -> tuple[Integration, RegistryVersion] | None:
    """Take the row that has waited longest, so that no other process works on it as well.

    `busy`: integrations of which this process does enough already.
    """
    async with db.read() as session:  # most looks find nothing, and need no writer
        if await session.scalar(_due(busy)) is None:
            return None
    async with db.write() as session:
        row = await session.scalar(_due(busy).with_for_update(of=RegistryVersion, skip_locked=True))
        owner = None if row is None else await session.get(Integration, row.integration_id)
        if row is None or owner is None:
            return None
        row.next_attempt_at = utc_now() + CLAIM
    return owner, row


async def claim_look(db: Database) -> Integration | None:
    """Take the integration whose registry is to be looked at, so that no other process looks as well."""
    due = select(Integration).where(Integration.paused_at.is_(None), Integration.next_poll_at <= utc_now())
    due = due.order_by(Integration.next_poll_at, Integration.id).limit(1)
    async with db.read() as session:
        if await session.scalar(due) is None:
            return None
    async with db.write() as session:
        row = await session.scalar(due.with_for_update(skip_locked=True))
        if row is not None:
            row.next_poll_at = utc_now() + CLAIM
    return row


def pause(count: int) -> timedelta:
    """How long a row waits after `count` failed tries."""
    return min(_FIRST_PAUSE * float(2 ** min(count - 1, 20)), LONGEST_PAUSE)

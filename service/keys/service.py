"""API keys in the database: made, rotated, revoked, looked up. For the HTTP calls and for `tremor keys`."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from openapi.base import utc_now
from openapi.keys import KeyInfo, Scope
from openapi.problems import Conflict
from service.db.tables import ApiKey, Tenant

#: The last use is written down when the one that is known is older.
_LAST_USE_STEP = timedelta(minutes=1)


def make_key(
    session: AsyncSession,
    name: str,
    *,
    tenant: str | None = None,
    scope: Scope = Scope.SUBMIT,
    expires_at: datetime | None = None,
) -> tuple[ApiKey, str]:
    """Add a key; returns its row and the secret, which is kept nowhere. Without `tenant` it gets one of its own."""
    secret, identity = "trm_" + secrets.token_urlsafe(32), "key_" + secrets.token_hex(8)
    if tenant is None:
        tenant = identity
        session.add(Tenant(id=tenant, name=name))
    row = ApiKey(
        id=identity,
        tenant_id=tenant,
        name=name,
        scope=scope,
        key_hash=_hash(secret),
        created_at=utc_now(),
        expires_at=expires_at,
    )
    session.add(row)
    return row, secret


def revoke_key(row: ApiKey) -> None:
    """End a key at once and for good."""
    row.revoked_at = row.revoked_at or utc_now()


async def check_others_manage(session: AsyncSession, row: ApiKey) -> None:
    """Raise `Conflict` where this is the last key with which its tenant can manage keys.

    A key that another has replaced ends soon, and is not counted. The rows are locked, so that of two calls that
    revoke one key each the second sees what the first did.
    """
    if row.scope is not Scope.ADMIN or row.revoked_at is not None or has_ended(row):
        return
    managing = select(ApiKey).where(
        ApiKey.tenant_id == row.tenant_id,
        ApiKey.scope == Scope.ADMIN,
        ApiKey.revoked_at.is_(None),
        ApiKey.replaced_by.is_(None),
    )
    rows = await session.scalars(managing.order_by(ApiKey.id).with_for_update())
    if all(other.id == row.id or has_ended(other) for other in rows.all()):
        raise Conflict(
            "This is the tenant's last key of scope admin, and without one nobody could make another: make another "
            f"first (POST /v1/keys), or replace this one at once (POST /v1/keys/{row.id}/rotate with "
            '{"overlap_seconds": 0})'
        )


def rotate_key(
    session: AsyncSession, row: ApiKey, *, overlap: timedelta, expires_at: datetime | None = None
) -> tuple[ApiKey, str]:
    """Make a key like `row`, which ends after `overlap` (or sooner, if it was to). Returns the new row and secret.

    Raises `Conflict` for a key that has ended, or whose place another has taken: that one is rotated next.
    """
    if row.revoked_at is not None or has_ended(row):
        raise Conflict("This key has ended; make a new one")
    if row.replaced_by is not None:
        raise Conflict(f"This key was rotated already and ends soon; rotate {row.replaced_by}, which replaced it")
    made = make_key(session, row.name, tenant=row.tenant_id, scope=row.scope, expires_at=expires_at)
    row.replaced_by = made[0].id
    end = utc_now() + overlap
    row.expires_at = end if row.expires_at is None else min(row.expires_at, end)
    if not overlap:
        revoke_key(row)
    return made


async def find_key(session: AsyncSession, secret: str) -> ApiKey | None:
    """The key of this secret; None when there is none, or it was revoked, or has ended."""
    row: ApiKey | None = await session.scalar(
        select(ApiKey).where(ApiKey.key_hash == _hash(secret), ApiKey.revoked_at.is_(None))
    )
    return None if row is None or has_ended(row) else row


def has_ended(row: ApiKey) -> bool:
    """Whether the key's time is over."""
    return row.expires_at is not None and row.expires_at <= utc_now()


def is_use_news(row: ApiKey) -> bool:
    """Whether the last use that is known is old enough to write down another."""
    return row.last_used_at is None or utc_now() - row.last_used_at > _LAST_USE_STEP


async def note_use(session: AsyncSession, key_id: str) -> None:
    """Write down that the key is in use."""
    await session.execute(update(ApiKey).where(ApiKey.id == key_id).values(last_used_at=utc_now()))


async def keys_of(session: AsyncSession, tenant: str) -> Sequence[ApiKey]:
    """The tenant's keys, the newest first."""
    rows = await session.scalars(
        select(ApiKey).where(ApiKey.tenant_id == tenant).order_by(ApiKey.created_at.desc(), ApiKey.id)
    )
    return rows.all()


def key_info(row: ApiKey) -> KeyInfo:
    """A key as callers see it."""
    return KeyInfo(
        id=row.id,
        tenant=row.tenant_id,
        name=row.name,
        scope=row.scope,
        created_at=row.created_at,
        expires_at=row.expires_at,
        last_used_at=row.last_used_at,
        revoked_at=row.revoked_at,
        replaced_by=row.replaced_by,
    )


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()

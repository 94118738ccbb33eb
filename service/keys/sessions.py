"""Sessions of the page: who signs in with an API key gets a random token as a cookie, of which only a hash is kept.

A session may do what its key may, ends with it, and after `LASTS` at the latest. The cookie is `HttpOnly` (no script
reads it) and `SameSite=Strict` (no other site's page sends it); beside that `service.http.guards` takes a cookie for a
change only from a page of this very origin.
"""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Literal

from pydantic import Field, SecretStr
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from openapi.base import Frozen, Timestamp, utc_now
from openapi.keys import Scope
from openapi.problems import Forbidden, Unauthorized
from service.context import Services
from service.db.tables import ApiKey, PageSession
from service.keys.service import find_key, has_ended

LASTS = timedelta(hours=12)


class SignIn(Frozen):
    """What is sent to sign in."""

    key: SecretStr = Field(min_length=1, max_length=200)


class SessionInfo(Frozen):
    """Who is signed in to the page."""

    auth: Literal["none", "keys"]
    signed_in: bool
    name: str | None = None
    scope: Scope | None = None
    expires_at: Timestamp | None = None


async def sign_in(services: Services, key: str) -> tuple[SessionInfo, str]:
    """Begin a session of a key; returns what is answered, and the token. Raises `Unauthorized`."""
    if services.settings.auth != "keys":
        raise Forbidden("This service asks for no API keys (TREMOR_AUTH=none): there is nothing to sign in to")
    token, now = secrets.token_urlsafe(32), utc_now()
    async with services.db.write() as session:
        row = await find_key(session, key.strip())
        if row is None:
            raise Unauthorized("This API key is unknown, revoked or expired")
        await session.execute(delete(PageSession).where(PageSession.expires_at <= now))
        end = now + LASTS if row.expires_at is None else min(now + LASTS, row.expires_at)
        session.add(PageSession(tenant_id=row.tenant_id, token_hash=_hash(token), key_id=row.id, expires_at=end))
        info = _info(row, end)
    return info, token


async def sign_out(services: Services, token: str) -> None:
    """End a session."""
    async with services.db.write() as session:
        await session.execute(delete(PageSession).where(PageSession.token_hash == _hash(token)))


async def state_of(services: Services, token: str | None) -> SessionInfo:
    """Whether keys are asked for, and whose session it is."""
    auth = services.settings.auth
    if auth != "keys" or token is None:
        return SessionInfo(auth=auth, signed_in=auth != "keys")
    async with services.db.read() as session:
        found = await _find(session, token)
    return SessionInfo(auth=auth, signed_in=False) if found is None else _info(*found)


async def find_session(session: AsyncSession, token: str) -> ApiKey | None:
    """The key of a session's token; None when there is none, or it or its key has ended."""
    found = await _find(session, token)
    return None if found is None else found[0]


async def _find(session: AsyncSession, token: str) -> tuple[ApiKey, datetime] | None:
    query = select(ApiKey, PageSession.expires_at).join(PageSession, PageSession.key_id == ApiKey.id)
    row = (await session.execute(query.where(PageSession.token_hash == _hash(token)))).one_or_none()
    if row is None or row[1] <= utc_now() or row[0].revoked_at is not None or has_ended(row[0]):
        return None
    return row[0], row[1]


def _info(row: ApiKey, end: datetime) -> SessionInfo:
    return SessionInfo(auth="keys", signed_in=True, name=row.name, scope=row.scope, expires_at=end)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()

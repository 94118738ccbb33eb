"""The first answer to a creating request is kept with what it created, and given again to the same request."""

import hashlib
from dataclasses import dataclass
from datetime import timedelta

from pydantic import BaseModel
from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from openapi.base import JsonObject
from openapi.problems import IdempotencyConflict
from service.db.bookkeeping import IdempotencyRow
from service.db.clock import age_now
from service.db.database import Database

_KEPT = timedelta(days=7)


@dataclass(frozen=True)
class Created:
    """What a creating request is answered with: a status, the address of what is there now, and what it is.

    `info` is a dictionary where it was answered before, and is answered again as it was.
    """

    status: int
    location: str
    info: BaseModel | JsonObject


class Once:
    """A request that creates at most once, however often it is sent.

    `scope` names caller, call and key as `service.http.idempotency` hashes them; None where the caller gave no key:
    then each request creates. `tenant` is whose it is, `body` what the request asks for.
    """

    def __init__(self, scope: str | None, tenant: str, body: str) -> None:
        self._scope = scope
        self._tenant = tenant
        self._body = hashlib.sha256(body.encode()).hexdigest()

    async def replay(self, db: Database, session: AsyncSession) -> Created | None:
        """The first answer, when there was one. Raises `IdempotencyConflict` when its body was another.

        A request that comes while another with the same key is served waits for that one's answer.
        """
        if self._scope is None:
            return None
        await db.lock(session, int(self._scope[:15], 16))
        row = await session.get(IdempotencyRow, self._scope)
        if row is None:
            return None
        if row.body_hash != self._body:
            raise IdempotencyConflict("Take a new Idempotency-Key for a new request; the same key needs the same body")
        return Created(row.status, row.location, row.answer)

    async def remember(self, session: AsyncSession, status: int, location: str, info: BaseModel) -> Created:
        """Keep the answer, in the transaction that creates what it tells of."""
        if self._scope is not None:
            old = await age_now(session) - _KEPT
            await session.execute(delete(IdempotencyRow).where(IdempotencyRow.created_at < old))
            session.add(
                IdempotencyRow(
                    scope=self._scope,
                    tenant_id=self._tenant,
                    body_hash=self._body,
                    status=status,
                    location=location,
                    answer=info.model_dump(mode="json", by_alias=True),
                )
            )
            await session.flush()
        return Created(status, location, info)


async def forget(session: AsyncSession, location: str) -> None:
    """Forget the answers that tell of something that is being deleted: its key then creates anew."""
    await session.execute(delete(IdempotencyRow).where(IdempotencyRow.location == location))

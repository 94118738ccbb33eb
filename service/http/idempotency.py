"""`Idempotency-Key`: the first answer to a creating request is kept with what it created, and given again."""

import hashlib
import json
import re
from datetime import timedelta
from typing import Any

from litestar import Request, Response
from pydantic import BaseModel
from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from openapi.base import utc_now
from openapi.problems import IdempotencyConflict, InvalidField
from service.db.database import Database
from service.db.tables import IdempotencyRow

_KEPT = timedelta(days=7)

#: What a key consists of.
IDEMPOTENCY_KEY = r"^[!-~](?:[ -~]{0,198}[!-~])?$"


class Idempotency:
    """One request's key and body; does nothing when the request carries no key."""

    def __init__(self, request: Request[Any, Any, Any], body: bytes | str) -> None:
        key = request.headers.get("idempotency-key")
        if key is not None and not re.fullmatch(IDEMPOTENCY_KEY, key):
            raise InvalidField("Idempotency-Key", "a key has 1 to 200 printable ASCII characters, e.g. a UUID")
        owner = request.scope["state"].get("key_id", "")
        # Hashed: the column is short, and keys may hold anything.
        text = f"{owner}\n{request.method} {request.url.path}\n{key}"
        self._scope = hashlib.sha256(text.encode()).hexdigest() if key is not None else None
        self._body = hashlib.sha256(body.encode() if isinstance(body, str) else body).hexdigest()

    async def replay(self, db: Database, session: AsyncSession) -> Response[Any] | None:
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
        return Response(
            json.dumps(row.answer).encode(),
            status_code=row.status,
            media_type="application/json",
            headers={"Location": row.location, "Idempotency-Replayed": "true"},
        )

    async def remember(self, session: AsyncSession, status: int, location: str, answer: BaseModel) -> None:
        """Keep the answer, in the transaction that creates what it tells of."""
        if self._scope is None:
            return
        await session.execute(delete(IdempotencyRow).where(IdempotencyRow.created_at < utc_now() - _KEPT))
        session.add(
            IdempotencyRow(
                scope=self._scope,
                body_hash=self._body,
                status=status,
                location=location,
                answer=answer.model_dump(mode="json", by_alias=True),
            )
        )
        await session.flush()


async def forget(session: AsyncSession, location: str) -> None:
    """Forget the answers that tell of something that is being deleted: its key then creates anew."""
    await session.execute(delete(IdempotencyRow).where(IdempotencyRow.location == location))

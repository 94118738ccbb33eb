"""Uploads of which nothing came any more."""

from sqlalchemy import select

from service.artifacts.garbage import collect
from service.context import Services
from service.db.clock import age_now
from service.db.resumable import ResumableUpload
from service.resumable.in_store import discard
from service.resumable.service import parts_of

_BATCH = 200


async def expire(services: Services) -> list[str]:
    """Remove the uploads, of all tenants, of which nothing has come for too long; returns their ids."""
    gone: list[str] = []
    while True:
        async with services.db.write() as session:
            old = select(ResumableUpload).where(ResumableUpload.expires_at <= await age_now(session)).limit(_BATCH)
            rows = list(await session.scalars(old.with_for_update(skip_locked=True)))
            parts = [part for row in rows for part in await parts_of(session, row.id)]
            for row in rows:
                await session.delete(row)
        if not rows:
            return gone
        gone += [row.id for row in rows]
        await collect(services, {part.sha256 for part in parts}, set())
        for row in rows:
            await discard(services, row)

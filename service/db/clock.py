"""The clock by which leases and pauses are measured: one for all processes of the service."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from openapi.base import utc_now


async def database_now(session: AsyncSession) -> datetime:
    """The time of the database, so that APIs agree although the clock of one of them is wrong.

    SQLite has none of its own, and all its processes run on one machine.
    """
    if session.get_bind().dialect.name != "postgresql":
        return utc_now()
    found: datetime = (await session.execute(select(func.clock_timestamp()))).scalar_one()
    return found

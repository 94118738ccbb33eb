"""The clocks of the service: one for all its processes, and one by which nothing is older than it is.

Leases and pauses go by the database's, so that APIs agree although the clock of one of them is wrong. What is deleted
for its age goes by one that never jumps ahead: a clock that is put forward by days must not delete days of work.
"""

import time
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from openapi.base import utc_now

# In this order: what passes between the two makes nothing look as if it came from the future.
_BEGAN_LIVING, _BEGAN = time.clock_gettime(time.CLOCK_BOOTTIME), utc_now()


async def database_now(session: AsyncSession) -> datetime:
    """The time of the database. SQLite has none of its own, and all its processes run on one machine."""
    if session.get_bind().dialect.name != "postgresql":
        return utc_now()
    found: datetime = (await session.execute(select(func.clock_timestamp()))).scalar_one()
    return found


async def age_now(session: AsyncSession) -> datetime:
    """The time by which something is old enough to be deleted: the earliest that it may be.

    It is never ahead of what this process has lived through since it began (sleep of the machine included), nor of the
    database. A clock that jumps ahead while the process lives therefore makes nothing older; one that was behind when
    it began, and was then set right, has it delete later than it could, until it is started again.
    """
    lived = _BEGAN + timedelta(seconds=time.clock_gettime(time.CLOCK_BOOTTIME) - _BEGAN_LIVING)
    return min(utc_now(), lived, await database_now(session))

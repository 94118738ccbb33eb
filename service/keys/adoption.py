"""Giving what is common to an owner."""

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from openapi.states import JobKind
from service.db.tables import Dataset, Job, Model
from service.keys.caller import COMMON


async def adopt_common(session: AsyncSession, owner: str) -> dict[str, int]:
    """Make `owner` the owner of every common row; returns how many by kind.

    A file that the owner has uploaded as well stays common: the same file is one model to one owner.
    """
    found: dict[str, int] = {}
    tables: dict[str, type[Model] | type[Dataset]] = {"model": Model, "data set": Dataset}
    for noun, table in tables.items():
        own = aliased(table)
        twin = select(own.id).where(own.owner == owner, own.fingerprint == table.fingerprint).exists()
        query = update(table).where(table.owner == COMMON, ~twin).values(owner=owner)
        found[noun] = len((await session.execute(query.returning(table.id))).all())
    counted = select(func.count()).where(Job.owner == COMMON, Job.kind.in_((JobKind.AUDIT, JobKind.HARDENING)))
    found["job"] = await session.scalar(counted) or 0
    uploads = select(Model.id).where(Model.owner == owner).union(select(Dataset.id).where(Dataset.owner == owner))
    mine = Job.kind.in_((JobKind.AUDIT, JobKind.HARDENING)) | Job.id.in_(uploads)
    await session.execute(
        update(Job).where(Job.owner == COMMON, mine).values(owner=owner).execution_options(synchronize_session=False)
    )
    return found

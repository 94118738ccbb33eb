"""Removing blobs that nothing refers to any more."""

from sqlalchemy import Text, cast, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from service.context import Services
from service.db.tables import Artifact, Dataset, Model, ShardRow


async def _referred(session: AsyncSession, sha256: str) -> bool:
    """Whether any row names the blob. Searching JSON as text is slow and exact enough: a sha256 means nothing else."""
    pattern = f"%{sha256}%"
    queries = (
        select(Model.id).where(Model.sha256 == sha256),
        select(Dataset.id).where(or_(Dataset.sha256 == sha256, cast(Dataset.files, Text).like(pattern))),
        select(Artifact.id).where(Artifact.sha256 == sha256),
        select(ShardRow.id).where(
            or_(cast(ShardRow.result, Text).like(pattern), cast(ShardRow.message, Text).like(pattern))
        ),
    )
    for query in queries:
        if await session.scalar(query.limit(1)) is not None:
            return True
    return False


async def collect(services: Services, shas: set[str], result_keys: set[str]) -> None:
    """Delete those blobs and result records that no row refers to; call it after the commit that removed rows."""
    async with services.db.read() as session:
        for key in result_keys:
            if await session.scalar(select(ShardRow.id).where(ShardRow.result_key == key).limit(1)) is None:
                await services.blobs.delete_result_async(key)
        for sha256 in shas:
            if not await _referred(session, sha256):
                await services.blobs.delete_async(sha256)

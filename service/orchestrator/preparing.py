"""The `prepare` stage of a job: entered when a data set's arrays do not serve a model as they are, and read after."""

from sqlalchemy.ext.asyncio import AsyncSession

from openapi.wire.settings import Settings
from service.db.tables import Job
from service.orchestrator import states
from service.orchestrator.matching import prepared
from service.orchestrator.plan import Planned, Subject


def enter(session: AsyncSession, job: Job, planned: list[Planned], settings: Settings) -> bool:
    """Enter the stage; False when there is nothing to prepare."""
    if planned:
        limits = settings.limits(inspection=True)  # it writes decoded arrays
        states.add_shards(session, job, planned, limits.model_copy(update={"wall_seconds": settings.wall_seconds}))
    return bool(planned)


async def as_taken(session: AsyncSession, job: Job, model: Subject, dataset: Subject, name: str) -> Subject:
    """The data set as the model takes it; `name` is that of its shard."""
    rows = await states.stage_shards(session, job, "prepare")
    row = next((row for row in rows if row.name == name), None)
    return prepared(model, dataset, None if row is None else states.result_of(row))

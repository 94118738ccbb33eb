"""Artifacts: reading what jobs left."""

from openapi.artifacts import ArtifactInfo
from openapi.wire.jobs import artifact_info
from service.context import Services
from service.db.tables import Artifact


def readable(row: Artifact) -> ArtifactInfo:
    """An artifact as the API answers it."""
    return artifact_info(row.job_id, row, row.sha256, row.size, row.created_at)


async def find_artifact(services: Services, identity: str) -> Artifact:
    """The artifact of an id. Raises `NotFound`."""
    async with services.db.read() as session:
        row = await session.get(Artifact, identity)
    return services.caller.own(row, "artifact", identity)

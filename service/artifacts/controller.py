"""`/v1/artifacts`."""

from typing import Any

from litestar import Controller, Response

from service.artifacts.service import find_artifact
from service.http.arguments import Id, Parts, Req
from service.http.content import MEDIA_TYPES, content_response
from service.http.docs import CONTENT, get_or_head


class ArtifactController(Controller):
    """Files that jobs left."""

    path = "/artifacts"
    tags = ["artifacts"]

    @get_or_head("/{artifact_id:str}", operation_id="getArtifact", doc=CONTENT)
    async def content(self, artifact_id: Id, request: Req, services: Parts) -> Response[Any]:
        """Download a file; `Range` and `If-None-Match` are understood, the ETag is the sha256."""
        row = await find_artifact(services, artifact_id)
        return await content_response(
            request,
            services.blobs,
            sha256=row.sha256,
            size=row.size,
            media_type=MEDIA_TYPES.get(row.format, "application/octet-stream"),
            name=row.name,
        )

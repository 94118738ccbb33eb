"""`/v1/artifacts`."""

from typing import Any

from litestar import Controller, Response, route

from service.artifacts.service import find_artifact
from service.http.content import MEDIA_TYPES, content_response
from service.http.docs import CONTENT, READ, read_id
from service.http.kinds import Id, Parts, Req


class ArtifactController(Controller):
    """Files that jobs left."""

    path = "/artifacts"
    tags = ["artifacts"]

    @route(
        "/{artifact_id:str}", http_method=READ, operation_id=read_id("getArtifact"), opt=CONTENT.opt(), status_code=200
    )
    async def content(self, artifact_id: Id, request: Req, services: Parts) -> Response[Any]:
        """Download a file; `Range` and `If-None-Match` are understood, the ETag is the sha256."""
        row = await find_artifact(services, artifact_id)
        return content_response(
            request,
            services.blobs,
            sha256=row.sha256,
            size=row.size,
            media_type=MEDIA_TYPES.get(row.format, "application/octet-stream"),
            name=row.name,
        )

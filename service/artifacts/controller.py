"""`/v1/artifacts`."""

from typing import Any

from litestar import Controller, Response

from service.artifacts.service import find_artifact
from service.evidence.model_signing import MEDIA_TYPE
from service.evidence.service import EvidenceService
from service.http.arguments import Id, Parts, Redirect, Req
from service.http.content import MEDIA_TYPES, disposition, stored_file
from service.http.docs import CONTENT, Doc, get_or_head


class ArtifactController(Controller):
    """Files that jobs left."""

    path = "/artifacts"
    tags = ["artifacts"]

    @get_or_head("/{artifact_id:str}", operation_id="getArtifact", doc=CONTENT)
    async def content(
        self, artifact_id: Id, request: Req, services: Parts, redirect: Redirect = False
    ) -> Response[Any]:
        """Download a file; `Range` and `If-None-Match` are understood, the ETag is the sha256."""
        row = await find_artifact(services, artifact_id)
        return await stored_file(
            request,
            services.blobs,
            services.direct if redirect else None,
            sha256=row.sha256,
            size=row.size,
            media_type=MEDIA_TYPES.get(row.format, "application/octet-stream"),
            name=row.name,
        )

    @get_or_head(
        "/{artifact_id:str}/signature",
        operation_id="getArtifactSignature",
        doc=Doc({200: MEDIA_TYPE}, ("not-found",)),
    )
    async def signature(self, artifact_id: Id, services: Parts) -> Response[Any]:
        """Download the signature of a hardened checkpoint (OpenSSF model signing, a Sigstore bundle).

        `model_signing verify key FILE --signature FILE.sig --public_key KEY.pem` verifies it with the key that
        `/v1/signing-key` gives under `models`.
        """
        name, bundle = await EvidenceService(services).signature(artifact_id)
        headers = {"Content-Disposition": disposition(f"{name}.sig"), "Cache-Control": "private, no-cache"}
        return Response(bundle, headers=headers, media_type=MEDIA_TYPE)

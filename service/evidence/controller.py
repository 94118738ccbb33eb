"""`/v1/signing-key`, and the call that gives a job's evidence."""

from typing import Any

from litestar import Controller, Response
from litestar.handlers import HTTPRouteHandler

from openapi.evidence import SigningKey
from service.evidence.service import EvidenceService
from service.http.arguments import Identity, Parts
from service.http.bodies import answer
from service.http.content import MEDIA_TYPES, disposition
from service.http.docs import Doc, get_or_head
from service.jobs.controller import Jobs

_DESCRIPTION = """Download signed evidence of the report.

A zip of the report, an in-toto statement of it in a DSSE envelope (`attestation.intoto.jsonl`), a CycloneDX bill of
materials (`bom.cdx.json`) and the public key; with hardened checkpoints also their signatures
(`model_signing/NAME.sig`) and the key that verifies them (`model_signing_key.pem`).
"""


def evidence_call(jobs: Jobs) -> HTTPRouteHandler:
    """``GET /ID/evidence``: the zip."""

    @get_or_head(
        f"/{{{jobs.noun}_id:str}}/evidence",
        operation_id=f"get{jobs.noun.title()}Evidence",
        doc=Doc({200: "application/zip"}, ("not-found", "not-ready")),
        description=_DESCRIPTION,
    )
    async def found(self: Any, identity: Identity, services: Parts) -> Response[Any]:
        data = await EvidenceService(services).of(jobs(services), identity)
        headers = {"Content-Disposition": disposition(f"{identity}.evidence.zip"), "Cache-Control": "private, no-cache"}
        return Response(data, headers=headers, media_type=MEDIA_TYPES["zip"])

    return found


class SigningKeyController(Controller):
    """The key that signs evidence."""

    path = "/signing-key"
    tags = ["evidence"]

    @get_or_head(operation_id="getSigningKey", doc=Doc({200: SigningKey}))
    async def read(self, services: Parts) -> Response[Any]:
        """Read the public key that evidence of this installation is signed with."""
        return answer(await EvidenceService(services).key())

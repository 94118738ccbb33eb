"""`/v1/hardenings`."""

from typing import Any

from litestar import Controller, Response
from litestar.di import Provide
from litestar.response import Stream

from service.evidence.controller import evidence_call
from service.hardenings.service import HardeningService
from service.http.arguments import Id, Parts, Req
from service.http.content import MEDIA_TYPES, disposition, report_response
from service.http.docs import REPORTING, Doc, get_or_head
from service.http.negotiation import preferred
from service.jobs.controller import (
    artifacts_call,
    cancel_call,
    create_call,
    events_call,
    list_call,
    read_call,
    remove_call,
    report_page_call,
    samples_call,
)

_EXAMPLE = {
    "model_id": "mdl_01k9zq3v8c4f0t7m2e5r6y1a9b",
    "train_dataset_id": "dst_01k9zq5mt2b6v8n4c1x7z3q9wf",
    "eval_dataset_id": "dst_01k9zq40hn9w3x5d8p2s7j6g4k",
    "method": "sns",
    "lambda": 5.0,
    "eps": "8/255",
    "epochs": 5,
}
_CREATE = "Queue a hardening. Wrong input is refused at once, naming the field."
_CANCEL = "Stop the running work within seconds. A hardening that has ended stays as it is."
_REMOVE = "Stop the work and delete the hardening with its artifacts; the hardened model stays."
_ARTIFACTS = "List the files that the hardening left: checkpoints as ONNX, TorchScript and safetensors, manifest, log."


def _identity(hardening_id: Id) -> str:
    return hardening_id


class HardeningController(Controller):
    """Training a model against attacks, and comparing before and after."""

    path = "/hardenings"
    tags = ["hardenings"]
    dependencies = {"identity": Provide(_identity, sync_to_thread=False)}

    create = create_call(HardeningService, _CREATE, _EXAMPLE)
    listing = list_call(HardeningService)
    read = read_call(HardeningService, "Read a hardening; `wait` until it has ended.")
    cancel = cancel_call(HardeningService, _CANCEL)
    remove = remove_call(HardeningService, _REMOVE, ("not-found", "conflict"))
    events = events_call(HardeningService, "Follow the hardening as Server-Sent Events.")
    report_page = report_page_call(HardeningService, "Read the comparison as a page.")
    samples = samples_call(HardeningService, "List per-sample results of the hardened model in order of index.")
    artifacts = artifacts_call(HardeningService, _ARTIFACTS)
    evidence = evidence_call(HardeningService)

    @get_or_head(
        "/{hardening_id:str}/report",
        operation_id="getHardeningReport",
        doc=Doc({200: "application/json"}, REPORTING, also=("text/html",)),
    )
    async def report(self, hardening_id: Id, request: Req, services: Parts) -> Response[Any]:
        """Read the comparison of before and after: JSON, or with `Accept: text/html` the page."""
        kind = preferred(request.headers.get("accept"), ("application/json", "text/html"))
        format = "html" if kind == "text/html" else "json"
        found = await report_response(request, services.blobs, HardeningService(services), hardening_id, format)
        found.headers["Vary"] = "Accept"
        return found

    @get_or_head(
        "/{hardening_id:str}/package.zip",
        operation_id="getHardeningPackage",
        doc=Doc({200: "application/zip"}, ("not-found", "not-ready")),
    )
    async def package(self, hardening_id: Id, request: Req, services: Parts) -> Response[Any]:
        """Download all checkpoints with manifest, log, model card, report and an example of their use, as one zip."""
        found = await HardeningService(services).package(hardening_id)
        headers = {"Content-Disposition": disposition(f"{hardening_id}.zip"), "X-Content-Type-Options": "nosniff"}
        if request.method == "HEAD":
            return Response(b"", headers=headers, media_type=MEDIA_TYPES["zip"])
        return Stream(found, headers=headers, media_type=MEDIA_TYPES["zip"])

"""`/v1/hardenings`."""

from typing import Any

from litestar import Controller, Response, delete, post

from openapi.audits import ArtifactInfo, SampleResult
from openapi.hardenings import HardeningInfo, HardeningRequest
from service.hardenings.service import HardeningService
from service.http.arguments import Id, Parts, Req
from service.http.bodies import answer
from service.http.content import report_response
from service.http.docs import CREATE_PROBLEMS, REPORTING, Doc, get_or_head
from service.http.negotiation import preferred
from service.http.paging import Cursor, Label, Limit, Page, Place, Status, Wait

_EXAMPLE = {
    "model_id": "mdl_01k9zq3v8c4f0t7m2e5r6y1a9b",
    "train_dataset_id": "dst_01k9zq5mt2b6v8n4c1x7z3q9wf",
    "eval_dataset_id": "dst_01k9zq40hn9w3x5d8p2s7j6g4k",
    "method": "sns",
    "lambda": 5.0,
    "eps": "8/255",
    "epochs": 5,
}
_CREATE = Doc(
    {202: HardeningInfo},
    CREATE_PROBLEMS,
    body=HardeningRequest,
    headers=("Idempotency-Key",),
    examples={"body": _EXAMPLE},
)


class HardeningController(Controller):
    """Training a model against attacks, and comparing before and after."""

    path = "/hardenings"
    tags = ["hardenings"]

    @post(operation_id="createHardening", opt=_CREATE.opt(), status_code=202)
    async def create(self, request: Req, services: Parts) -> Response[Any]:
        """Queue a hardening. Wrong input is refused at once, naming the field."""
        return await HardeningService(services).create(request)

    @get_or_head(operation_id="listHardenings", doc=Doc({200: Page[HardeningInfo]}, ("validation",)))
    async def listing(
        self,
        services: Parts,
        limit: Limit = 50,
        cursor: Cursor = None,
        status: Status = None,
        label: Label = None,
    ) -> Response[Any]:
        """List hardenings, newest first."""
        return answer(await HardeningService(services).listing(limit, cursor, status, label))

    @get_or_head(
        "/{hardening_id:str}",
        operation_id="getHardening",
        doc=Doc({200: HardeningInfo}, ("not-found", "validation")),
    )
    async def read(self, hardening_id: Id, services: Parts, wait: Wait = 0) -> Response[Any]:
        """Read a hardening; `wait` until it has ended."""
        return answer(await HardeningService(services).wait(hardening_id, wait))

    @post(
        "/{hardening_id:str}/cancel",
        operation_id="cancelHardening",
        opt=Doc({200: HardeningInfo}, ("not-found",)).opt(),
        status_code=200,
    )
    async def cancel(self, hardening_id: Id, services: Parts) -> Response[Any]:
        """Stop the running work within seconds. A hardening that has ended stays as it is."""
        return answer(await HardeningService(services).cancel(hardening_id))

    @delete(
        "/{hardening_id:str}",
        operation_id="deleteHardening",
        opt=Doc({204: None}, ("not-found", "conflict")).opt(),
        status_code=204,
    )
    async def remove(self, hardening_id: Id, services: Parts) -> None:
        """Stop the work and delete the hardening with its artifacts; the hardened model stays."""
        await HardeningService(services).delete(hardening_id)

    @get_or_head(
        "/{hardening_id:str}/events",
        operation_id="streamHardeningEvents",
        doc=Doc({200: "text/event-stream", 204: None}, ("not-found", "validation"), headers=("Last-Event-ID",)),
    )
    async def events(self, hardening_id: Id, request: Req, services: Parts) -> Response[Any]:
        """Follow the hardening as Server-Sent Events."""
        return await HardeningService(services).events(request, hardening_id)

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
        "/{hardening_id:str}/report.html",
        operation_id="getHardeningReportPage",
        doc=Doc({200: "text/html"}, REPORTING),
    )
    async def report_page(self, hardening_id: Id, request: Req, services: Parts) -> Response[Any]:
        """Read the comparison as a page."""
        return await report_response(request, services.blobs, HardeningService(services), hardening_id, "html")

    @get_or_head(
        "/{hardening_id:str}/samples",
        operation_id="listHardeningSamples",
        doc=Doc({200: Page[SampleResult]}, ("not-found", "not-ready", "validation")),
    )
    async def samples(
        self, hardening_id: Id, services: Parts, limit: Limit = 100, cursor: Place = None
    ) -> Response[Any]:
        """List per-sample results of the hardened model in order of index."""
        return answer(await HardeningService(services).samples(hardening_id, limit, cursor))

    @get_or_head(
        "/{hardening_id:str}/package.zip",
        operation_id="getHardeningPackage",
        doc=Doc({200: "application/zip"}, ("not-found", "not-ready")),
    )
    async def package(self, hardening_id: Id, request: Req, services: Parts) -> Response[Any]:
        """Download all checkpoints with manifest, log, model card, report and an example of their use, as one zip."""
        return await HardeningService(services).package(request, hardening_id)

    @get_or_head(
        "/{hardening_id:str}/artifacts",
        operation_id="listHardeningArtifacts",
        doc=Doc({200: Page[ArtifactInfo]}, ("not-found", "validation")),
    )
    async def artifacts(
        self, hardening_id: Id, services: Parts, limit: Limit = 100, cursor: Cursor = None
    ) -> Response[Any]:
        """List the files that the hardening left: checkpoints as ONNX, TorchScript and safetensors, manifest, log."""
        return answer(await HardeningService(services).artifacts(hardening_id, limit, cursor))

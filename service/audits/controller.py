"""`/v1/audits`."""

from typing import Any

from litestar import Controller, Response, delete, post

from openapi.audits import ArtifactInfo, AuditInfo, AuditRequest, SampleResult
from openapi.report import Report
from service.audits.service import WRITERS, AuditService
from service.http.arguments import Id, Parts, Req
from service.http.bodies import answer
from service.http.content import report_response
from service.http.docs import CREATE_PROBLEMS, REPORTING, Doc, get_or_head
from service.http.negotiation import preferred
from service.http.paging import Cursor, Label, Limit, Page, Place, Status, Wait

_EXAMPLE = {
    "model_id": "mdl_01k9zq3v8c4f0t7m2e5r6y1a9b",
    "dataset_id": "dst_01k9zq40hn9w3x5d8p2s7j6g4k",
    "attacks": [{"name": "fgsm", "eps": "8/255"}, {"name": "pgd", "norm": "linf", "eps": "8/255", "steps": 20}],
    "max_samples": 1000,
    "policy": {"rules": [{"metric": "worst_case.robust_accuracy", "op": ">=", "value": 0.4}]},
}
_CREATE = Doc(
    {202: AuditInfo},
    CREATE_PROBLEMS,
    body=AuditRequest,
    headers=("Idempotency-Key",),
    examples={"body": _EXAMPLE},
)


class AuditController(Controller):
    """Attacks and neuron analysis of a model on a data set, with a report."""

    path = "/audits"
    tags = ["audits"]

    @post(operation_id="createAudit", opt=_CREATE.opt(), status_code=202)
    async def create(self, request: Req, services: Parts) -> Response[Any]:
        """Queue an audit.

        Wrong input is refused at once, naming the field. Model and data set may still be inspected: the audit then
        waits for them. `attacks` given beside `preset` replaces the preset's list.
        """
        return await AuditService(services).create(request)

    @get_or_head(operation_id="listAudits", doc=Doc({200: Page[AuditInfo]}, ("validation",)))
    async def listing(
        self,
        services: Parts,
        limit: Limit = 50,
        cursor: Cursor = None,
        status: Status = None,
        label: Label = None,
    ) -> Response[Any]:
        """List audits, newest first."""
        return answer(await AuditService(services).listing(limit, cursor, status, label))

    @get_or_head("/{audit_id:str}", operation_id="getAudit", doc=Doc({200: AuditInfo}, ("not-found", "validation")))
    async def read(self, audit_id: Id, services: Parts, wait: Wait = 0) -> Response[Any]:
        """Read an audit; `wait` until it has ended."""
        return answer(await AuditService(services).wait(audit_id, wait))

    @post(
        "/{audit_id:str}/cancel",
        operation_id="cancelAudit",
        opt=Doc({200: AuditInfo}, ("not-found",)).opt(),
        status_code=200,
    )
    async def cancel(self, audit_id: Id, services: Parts) -> Response[Any]:
        """Stop the running work within seconds. An audit that has ended stays as it is."""
        return answer(await AuditService(services).cancel(audit_id))

    @delete("/{audit_id:str}", operation_id="deleteAudit", opt=Doc({204: None}, ("not-found",)).opt(), status_code=204)
    async def remove(self, audit_id: Id, services: Parts) -> None:
        """Stop the work and delete the audit with its artifacts (and its own hardening, but not the hardened model)."""
        await AuditService(services).delete(audit_id)

    @get_or_head(
        "/{audit_id:str}/events",
        operation_id="streamAuditEvents",
        doc=Doc({200: "text/event-stream", 204: None}, ("not-found", "validation"), headers=("Last-Event-ID",)),
    )
    async def events(self, audit_id: Id, request: Req, services: Parts) -> Response[Any]:
        """Follow the audit as Server-Sent Events: `status`, `phase`, `progress`, `artifact`, `retry`."""
        return await AuditService(services).events(request, audit_id)

    @get_or_head(
        "/{audit_id:str}/report",
        operation_id="getAuditReport",
        doc=Doc({200: Report, 206: "application/json", 304: None}, REPORTING, also=("text/html", *WRITERS)),
    )
    async def report(self, audit_id: Id, request: Req, services: Parts) -> Response[Any]:
        """Read the report: JSON, or as `Accept` says the page, a table, Markdown, JUnit or SARIF."""
        kind = preferred(request.headers.get("accept"), ("application/json", "text/html", *WRITERS))
        service = AuditService(services)
        if kind in WRITERS:
            found = await service.written(audit_id, kind)
        else:
            format = "html" if kind == "text/html" else "json"
            found = await report_response(request, services.blobs, service, audit_id, format)
        found.headers["Vary"] = "Accept"
        return found

    @get_or_head(
        "/{audit_id:str}/report.html",
        operation_id="getAuditReportPage",
        doc=Doc({200: "text/html"}, REPORTING),
    )
    async def report_page(self, audit_id: Id, request: Req, services: Parts) -> Response[Any]:
        """Read the report as a page."""
        return await report_response(request, services.blobs, AuditService(services), audit_id, "html")

    @get_or_head(
        "/{audit_id:str}/report.json",
        operation_id="getAuditReportJson",
        doc=Doc({200: Report}, REPORTING),
    )
    async def report_json(self, audit_id: Id, request: Req, services: Parts) -> Response[Any]:
        """Read the report as JSON, whatever is accepted."""
        return await report_response(request, services.blobs, AuditService(services), audit_id, "json")

    @get_or_head(
        "/{audit_id:str}/report.junit.xml",
        operation_id="getAuditReportJunit",
        doc=Doc({200: "application/xml"}, REPORTING),
    )
    async def report_junit(self, audit_id: Id, services: Parts) -> Response[Any]:
        """Read the policy's rules and the attacks as JUnit test cases, for pipelines."""
        return await AuditService(services).written(audit_id, "application/xml")

    @get_or_head(
        "/{audit_id:str}/report.sarif",
        operation_id="getAuditReportSarif",
        doc=Doc({200: "application/sarif+json"}, REPORTING),
    )
    async def report_sarif(self, audit_id: Id, services: Parts) -> Response[Any]:
        """Read the broken rules and failed checks as SARIF 2.1.0, for code scanning."""
        return await AuditService(services).written(audit_id, "application/sarif+json")

    @get_or_head(
        "/{audit_id:str}/report.csv",
        operation_id="getAuditReportCsv",
        doc=Doc({200: "text/csv"}, REPORTING),
    )
    async def report_csv(self, audit_id: Id, services: Parts) -> Response[Any]:
        """Read the accuracies, attacks, worst cases and rules as one table, for spreadsheets."""
        return await AuditService(services).written(audit_id, "text/csv")

    @get_or_head(
        "/{audit_id:str}/report.md",
        operation_id="getAuditReportMarkdown",
        doc=Doc({200: "text/markdown"}, REPORTING),
    )
    async def report_markdown(self, audit_id: Id, services: Parts) -> Response[Any]:
        """Read a summary as Markdown, for pull requests and model cards."""
        return await AuditService(services).written(audit_id, "text/markdown")

    @get_or_head(
        "/{audit_id:str}/samples",
        operation_id="listAuditSamples",
        doc=Doc({200: Page[SampleResult]}, ("not-found", "not-ready", "validation")),
    )
    async def samples(self, audit_id: Id, services: Parts, limit: Limit = 100, cursor: Place = None) -> Response[Any]:
        """List per-sample results in order of index."""
        return answer(await AuditService(services).samples(audit_id, limit, cursor))

    @get_or_head(
        "/{audit_id:str}/artifacts",
        operation_id="listAuditArtifacts",
        doc=Doc({200: Page[ArtifactInfo]}, ("not-found", "validation")),
    )
    async def artifacts(
        self, audit_id: Id, services: Parts, limit: Limit = 100, cursor: Cursor = None
    ) -> Response[Any]:
        """List the files that the audit left."""
        return answer(await AuditService(services).artifacts(audit_id, limit, cursor))

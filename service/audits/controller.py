"""`/v1/audits`."""

from typing import Any

from litestar import Controller, Response
from litestar.di import Provide

from openapi.report import Report
from service.audits.service import WRITERS, AuditService
from service.context import Services
from service.evidence.controller import evidence_call
from service.http.arguments import Id, Parts, Req
from service.http.content import report_response
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
    "dataset_id": "dst_01k9zq40hn9w3x5d8p2s7j6g4k",
    "attacks": [{"name": "fgsm", "eps": "8/255"}, {"name": "pgd", "norm": "linf", "eps": "8/255", "steps": 20}],
    "max_samples": 1000,
    "policy": {"rules": [{"metric": "worst_case.robust_accuracy", "op": ">=", "value": 0.4}]},
}
_CREATE = """Queue an audit.

Wrong input is refused at once, naming the field. Model and data set may still be inspected: the audit then
waits for them. `attacks` given beside `preset` replaces the preset's list.
"""
_CANCEL = "Stop the running work within seconds. An audit that has ended stays as it is."
_REMOVE = (
    "Stop the work and delete the audit with its artifacts (and its own hardening, but not the hardened model). 409 "
    "while an attack of an unfinished job takes its mask from one of them, an unfinished audit replays its examples or "
    "is judged relative to it, or a policy is relative to it."
)
_EVENTS = "Follow the audit as Server-Sent Events: `status`, `phase`, `progress`, `artifact`, `retry`."


def _identity(audit_id: Id) -> str:
    return audit_id


async def _written(services: Services, audit_id: str, kind: str) -> Response[Any]:
    """The report as a media type of `WRITERS`."""
    return Response(await AuditService(services).written(audit_id, kind), media_type=kind)


class AuditController(Controller):
    """Attacks and neuron analysis of a model on a data set, with a report."""

    path = "/audits"
    tags = ["audits"]
    dependencies = {"identity": Provide(_identity, sync_to_thread=False)}

    create = create_call(AuditService, _CREATE, _EXAMPLE)
    listing = list_call(AuditService)
    read = read_call(AuditService, "Read an audit; `wait` until it has ended.")
    cancel = cancel_call(AuditService, _CANCEL)
    remove = remove_call(AuditService, _REMOVE, ("not-found", "conflict"))
    events = events_call(AuditService, _EVENTS)
    report_page = report_page_call(AuditService, "Read the report as a page.")
    samples = samples_call(AuditService, "List per-sample results in order of index.")
    artifacts = artifacts_call(AuditService, "List the files that the audit left.")
    evidence = evidence_call(AuditService)

    @get_or_head(
        "/{audit_id:str}/report",
        operation_id="getAuditReport",
        doc=Doc({200: Report, 206: "application/json", 304: None}, REPORTING, also=("text/html", *WRITERS)),
    )
    async def report(self, audit_id: Id, request: Req, services: Parts) -> Response[Any]:
        """Read the report: JSON, or as `Accept` says the page, a table, Markdown, JUnit or SARIF."""
        kind = preferred(request.headers.get("accept"), ("application/json", "text/html", *WRITERS))
        if kind in WRITERS:
            found = await _written(services, audit_id, kind)
        else:
            format = "html" if kind == "text/html" else "json"
            found = await report_response(request, services.blobs, AuditService(services), audit_id, format)
        found.headers["Vary"] = "Accept"
        return found

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
        return await _written(services, audit_id, "application/xml")

    @get_or_head(
        "/{audit_id:str}/report.sarif",
        operation_id="getAuditReportSarif",
        doc=Doc({200: "application/sarif+json"}, REPORTING),
    )
    async def report_sarif(self, audit_id: Id, services: Parts) -> Response[Any]:
        """Read the broken rules and failed checks as SARIF 2.1.0, for code scanning."""
        return await _written(services, audit_id, "application/sarif+json")

    @get_or_head(
        "/{audit_id:str}/report.csv",
        operation_id="getAuditReportCsv",
        doc=Doc({200: "text/csv"}, REPORTING),
    )
    async def report_csv(self, audit_id: Id, services: Parts) -> Response[Any]:
        """Read the accuracies, attacks, worst cases and rules as one table, for spreadsheets."""
        return await _written(services, audit_id, "text/csv")

    @get_or_head(
        "/{audit_id:str}/report.md",
        operation_id="getAuditReportMarkdown",
        doc=Doc({200: "text/markdown"}, REPORTING),
    )
    async def report_markdown(self, audit_id: Id, services: Parts) -> Response[Any]:
        """Read a summary as Markdown, for pull requests and model cards."""
        return await _written(services, audit_id, "text/markdown")

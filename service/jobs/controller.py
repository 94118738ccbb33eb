"""The calls that audits and hardenings have in common: each makes one handler of a controller.

A controller gives `identity`, the id in the path, under its own name (`dependencies`).
"""

import re
from typing import Any

from litestar import Response, delete, post
from litestar.handlers import HTTPRouteHandler
from litestar.response import Stream
from pydantic import BaseModel

from openapi.artifacts import ArtifactInfo
from openapi.audits import SampleResult
from openapi.problems import InvalidField
from service.http.arguments import (
    Identity,
    Index,
    Label,
    Limit,
    ModelSearch,
    Parts,
    Place,
    Req,
    Status,
    Tag,
    Wait,
    after,
)
from service.http.bodies import answer, read_json
from service.http.content import report_response
from service.http.docs import CREATE_PROBLEMS, REPORTING, Doc, get_or_head
from service.http.idempotency import created, scope_of
from service.jobs.events import EVENT_ID
from service.jobs.search import Search
from service.jobs.service import JobService
from service.pages import Page

Jobs = type[JobService[Any, Any]]


def _path(jobs: Jobs, rest: str = "") -> str:
    return f"/{{{jobs.noun}_id:str}}{rest}"


def _title(jobs: Jobs) -> str:
    return jobs.noun.title()


def create_call(jobs: Jobs, description: str, example: dict[str, Any]) -> HTTPRouteHandler:
    """``POST /``: queue a job."""
    info: type[BaseModel] = jobs.info_type
    doc = Doc(
        {202: info},
        CREATE_PROBLEMS,
        body=jobs.request_type,
        headers=("Idempotency-Key",),
        examples={"body": example},
    )

    @post(operation_id=f"create{_title(jobs)}", opt=doc.opt(), status_code=202, description=description)
    async def create(self: Any, request: Req, services: Parts) -> Response[Any]:
        asked = await read_json(request, jobs.request_type)
        return created(await jobs(services).create(asked, scope_of(request)))

    return create


def list_call(jobs: Jobs) -> HTTPRouteHandler:
    """``GET /``: a page of jobs."""
    doc = Doc({200: Page[jobs.info_type]}, ("validation",))  # type: ignore[name-defined]
    cursor_type = after(jobs.prefix)

    @get_or_head(operation_id=f"list{_title(jobs)}s", doc=doc, description=f"List {jobs.folder}, newest first.")
    async def listing(
        self: Any,
        services: Parts,
        limit: Limit = 50,
        cursor: cursor_type = None,  # type: ignore[valid-type]
        status: Status = None,
        label: Label = None,
        model: ModelSearch = None,
        tag: Tag = None,
    ) -> Response[Any]:
        return answer(await jobs(services).listing(limit, cursor, Search(status, label, model, tag)))

    return listing


def read_call(jobs: Jobs, description: str) -> HTTPRouteHandler:
    """``GET /ID``: one job, at once or at its end."""
    doc = Doc({200: jobs.info_type}, ("not-found", "validation"))

    @get_or_head(_path(jobs), operation_id=f"get{_title(jobs)}", doc=doc, description=description)
    async def read(self: Any, identity: Identity, services: Parts, wait: Wait = 0) -> Response[Any]:
        return answer(await jobs(services).wait(identity, wait))

    return read


def cancel_call(jobs: Jobs, description: str) -> HTTPRouteHandler:
    """``POST /ID/cancel``: stop the work."""
    doc = Doc({200: jobs.info_type}, ("not-found",))

    @post(
        _path(jobs, "/cancel"),
        operation_id=f"cancel{_title(jobs)}",
        opt=doc.opt(),
        status_code=200,
        description=description,
    )
    async def cancel(self: Any, identity: Identity, services: Parts) -> Response[Any]:
        return answer(await jobs(services).cancel(identity))

    return cancel


def remove_call(jobs: Jobs, description: str, problems: tuple[str, ...]) -> HTTPRouteHandler:
    """``DELETE /ID``: stop the work, and remove the job."""
    doc = Doc({204: None}, problems)

    @delete(_path(jobs), operation_id=f"delete{_title(jobs)}", opt=doc.opt(), status_code=204, description=description)
    async def remove(self: Any, identity: Identity, services: Parts) -> None:
        await jobs(services).delete(identity)

    return remove


def events_call(jobs: Jobs, description: str) -> HTTPRouteHandler:
    """``GET /ID/events``: Server-Sent Events. 204 tells a client that comes back after the end to stay away."""
    doc = Doc({200: "text/event-stream", 204: None}, ("not-found", "validation"), headers=("Last-Event-ID",))

    @get_or_head(_path(jobs, "/events"), operation_id=f"stream{_title(jobs)}Events", doc=doc, description=description)
    async def events(self: Any, identity: Identity, request: Req, services: Parts) -> Response[Any]:
        last = request.headers.get("last-event-id", "")
        if not re.fullmatch(EVENT_ID, last):
            raise InvalidField("Last-Event-ID", "this is no id of an event; send the `id` of the last one as it was")
        found = await jobs(services).events(identity, last)
        if found is None:
            return Response(b"", status_code=204)
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        if request.method == "HEAD":
            return Response(b"", media_type="text/event-stream", headers=headers)
        return Stream(found, media_type="text/event-stream", headers=headers)

    return events


def report_page_call(jobs: Jobs, description: str) -> HTTPRouteHandler:
    """``GET /ID/report.html``: the report as a page."""

    @get_or_head(
        _path(jobs, "/report.html"),
        operation_id=f"get{_title(jobs)}ReportPage",
        doc=Doc({200: "text/html"}, REPORTING),
        description=description,
    )
    async def report_page(self: Any, identity: Identity, request: Req, services: Parts) -> Response[Any]:
        return await report_response(request, services.blobs, jobs(services), identity, "html")

    return report_page


def samples_call(jobs: Jobs, description: str) -> HTTPRouteHandler:
    """``GET /ID/samples``: a page of results, sample by sample."""
    doc = Doc({200: Page[SampleResult]}, ("not-found", "not-ready", "validation"))

    @get_or_head(_path(jobs, "/samples"), operation_id=f"list{_title(jobs)}Samples", doc=doc, description=description)
    async def samples(
        self: Any, identity: Identity, services: Parts, limit: Limit = 100, cursor: Place = None, index: Index = None
    ) -> Response[Any]:
        return answer(await jobs(services).samples(identity, limit, cursor, index))

    return samples


def artifacts_call(jobs: Jobs, description: str) -> HTTPRouteHandler:
    """``GET /ID/artifacts``: a page of the files that the job left."""
    doc = Doc({200: Page[ArtifactInfo]}, ("not-found", "validation"))

    @get_or_head(
        _path(jobs, "/artifacts"), operation_id=f"list{_title(jobs)}Artifacts", doc=doc, description=description
    )
    async def artifacts(
        self: Any,
        identity: Identity,
        services: Parts,
        limit: Limit = 100,
        cursor: after("art") = None,  # type: ignore[valid-type]
    ) -> Response[Any]:
        return answer(await jobs(services).artifacts(identity, limit, cursor))

    return artifacts

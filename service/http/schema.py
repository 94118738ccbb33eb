"""The published schemas: `openapi.json` from the running app, `report.schema.json` from the report's model.

Litestar contributes paths, operation ids, parameters and descriptions. Bodies, answers and problems come from each
handler's `Doc`, and every component schema from pydantic itself, which alone knows the contract's unions and fractions.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from litestar import Litestar, Request
from litestar.enums import HttpMethod, MediaType
from litestar.handlers import HTTPRouteHandler
from litestar.openapi.plugins import OpenAPIRenderPlugin
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from openapi import report_versions
from openapi.problem_types import BASE, PROBLEM_TYPES
from openapi.problems import Problem
from openapi.report import Report
from openapi.webhooks import WebhookEvent
from service.http.docs import ALWAYS, IN_V1, WRITING, Doc
from service.http.schema_requests import header_parameters, request_body
from service.jobs.events import JobEvent, event_schema
from service.reference.page import render_page

_REF = "#/components/schemas/{model}"

#: What every free text matches.
NO_NUL = r"^[^\x00]*$"

_STATUS = {
    200: "The answer",
    201: "Created",
    202: "Taken; it will be done",
    204: "Nothing to say",
    206: "The asked range",
    304: "Not changed",
    307: "Where the store has the file",
    503: "Not ready",
}


def _operations(app: Litestar) -> Iterator[tuple[str, Doc]]:
    """Every documented handler, with its operation id."""
    seen: set[str] = set()
    for route in app.routes:
        for handler in getattr(route, "route_handlers", ()):
            if not isinstance(handler, HTTPRouteHandler) or not isinstance(doc := handler.opt.get("doc"), Doc):
                continue
            name = handler.operation_id
            identity = name(handler, HttpMethod.GET, []) if callable(name) else str(name)
            if identity not in seen:
                seen.add(identity)
                yield identity, doc


def _component_models(docs: list[Doc]) -> tuple[list[type[BaseModel]], list[type[BaseModel]]]:
    """Models that are sent to us, and models that we send."""
    read = {m for d in docs for m in (d.body, d.upload) if m is not None}
    written: set[type[BaseModel]] = {m for d in docs for m in d.answers.values() if isinstance(m, type)}
    written |= {Problem, JobEvent, WebhookEvent}
    return sorted(read, key=_name), sorted(written, key=_name)


def _name(model: type[BaseModel]) -> str:
    return model.__name__


def _without_nul(schema: Any) -> None:
    """Say of every free text that it may not hold NUL, which is refused because it cannot be stored."""
    if isinstance(schema, list):
        for inner in schema:
            _without_nul(inner)
    if not isinstance(schema, dict):
        return
    if schema.get("type") == "string" and not {"pattern", "enum", "const", "format"} & set(schema):
        schema["pattern"] = NO_NUL
    if isinstance(schema.get("additionalProperties"), dict):
        schema["propertyNames"] = {"pattern": NO_NUL}
    for inner in schema.values():
        _without_nul(inner)


class _Components:
    """Pydantic's schemas of all models, and references to them."""

    def __init__(self, docs: list[Doc]) -> None:
        read, written = _component_models(docs)
        refs, definitions = models_json_schema(
            [*((m, "validation") for m in read), *((m, "serialization") for m in written)], ref_template=_REF
        )
        self._refs = refs
        for schema in definitions.get("$defs", {}).values():
            _without_nul(schema)
        self.schemas: dict[str, Any] = definitions.get("$defs", {})

    def reading(self, model: type[BaseModel]) -> dict[str, Any]:
        """A reference to the schema of what is sent to us."""
        return self._refs[(model, "validation")]

    def writing(self, model: type[BaseModel]) -> dict[str, Any]:
        """A reference to the schema of what we send."""
        return self._refs[(model, "serialization")]


def _media(kind: str, components: _Components) -> dict[str, Any]:
    if kind == "text/event-stream":
        return {"schema": event_schema(components.writing(JobEvent))}
    return {"schema": {"type": "string"} if kind.startswith("text/") else {}}


def _answers(doc: Doc, components: _Components, always: tuple[str, ...]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for status, kind in doc.answers.items():
        answer: dict[str, Any] = {"description": _STATUS[status]}
        if isinstance(kind, str):
            answer["content"] = {kind: _media(kind, components)}
        elif kind is not None:
            answer["content"] = {"application/json": {"schema": components.writing(kind)}}
        if status == 200:
            for media in doc.also:
                answer["content"][media] = {"schema": {"type": "string"}}
        if status in (201, 202):
            answer["headers"] = {"Location": {"description": "Address of it", "schema": {"type": "string"}}}
        found[str(status)] = answer
    by_status: dict[int, list[str]] = {}
    for slug in dict.fromkeys((*doc.problems, *always)):
        if slug != "not-acceptable" or doc.offered():
            by_status.setdefault(PROBLEM_TYPES[slug][0], []).append(slug)
    for status, slugs in sorted(by_status.items()):
        found[str(status)] = {
            "description": "; ".join(PROBLEM_TYPES[slug][1] for slug in slugs),
            "content": {
                "application/problem+json": {
                    "schema": components.writing(Problem),
                    "examples": {slug: {"value": _problem_example(slug)} for slug in slugs},
                }
            },
        }
    return found


def _problem_example(slug: str) -> dict[str, Any]:
    status, title = PROBLEM_TYPES[slug]
    found: dict[str, Any] = {"type": BASE + slug, "title": title, "status": status}
    if slug == "validation":
        found["errors"] = [{"pointer": "/attacks/0/eps", "detail": "Input should be greater than 0"}]
    return found


def complete(app: Litestar, schema: dict[str, Any]) -> dict[str, Any]:
    """Put bodies, answers, problems and component schemas into Litestar's document."""
    operations = dict(_operations(app))
    components = _Components(list(operations.values()))
    paths: dict[str, Any] = {}
    for path, item in schema["paths"].items():
        kept = {}
        for method, operation in item.items():
            if method == "head" or operation.get("operationId") not in operations:
                continue
            doc = operations[operation["operationId"]]
            operation = {k: v for k, v in operation.items() if k not in ("responses", "requestBody", "deprecated")}
            description = str(operation.pop("description", "")).strip()
            operation["summary"] = description.partition("\n")[0].rstrip(".")
            operation["description"] = description
            extra = header_parameters(doc)
            if extra:
                operation["parameters"] = [*operation.get("parameters", []), *extra]
            if (body := request_body(doc, components.reading)) is not None:
                operation["requestBody"] = body
            always = (*ALWAYS, *(IN_V1 if path.startswith("/v1/") else ()), *(WRITING if method != "get" else ()))
            operation["responses"] = _answers(doc, components, always)
            kept[method] = operation
        if kept:
            paths[path] = kept
    problems = [{"type": BASE + slug, "status": s, "title": title} for slug, (s, title) in PROBLEM_TYPES.items()]
    security = {"key": {"type": "http", "scheme": "bearer", "description": "An API key, where the service wants one"}}
    return {
        "openapi": schema["openapi"],
        "info": schema["info"],
        "servers": schema.get("servers", [{"url": "/"}]),
        "security": [{}, {"key": []}],  # whether a key is asked for is the service's setting
        "tags": schema.get("tags", []),
        "paths": dict(sorted(paths.items())),
        "x-problem-types": problems,
        "components": {"schemas": dict(sorted(components.schemas.items())), "securitySchemes": security},
    }


class _Rendered(OpenAPIRenderPlugin):
    """Serves the completed document; the same bytes every time."""

    def __init__(self, path: str, media_type: MediaType) -> None:
        super().__init__(path=path, media_type=media_type)
        self._document: dict[str, Any] | None = None

    def document(self, request: Request[Any, Any, Any], schema: dict[str, Any]) -> dict[str, Any]:
        """The completed document."""
        if self._document is None:
            self._document = complete(request.app, schema)
        return self._document


class JsonDocument(_Rendered):
    """`/schema/openapi.json`."""

    def __init__(self) -> None:
        super().__init__("/openapi.json", MediaType.JSON)

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:
        """The document as JSON."""
        return dump(self.document(request, openapi_schema))


class PageDocument(_Rendered):
    """`/schema`: the same for people, to read and to try; nothing is loaded from elsewhere."""

    def __init__(self) -> None:
        super().__init__("/", MediaType.HTML)

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:
        """The document as a page."""
        return render_page(self.document(request, openapi_schema)).encode()


def dump(document: dict[str, Any]) -> bytes:
    """Write a document so that equal ones are equal byte for byte."""
    return (json.dumps(document, indent=1, ensure_ascii=False) + "\n").encode()


def openapi_document(app: Litestar) -> dict[str, Any]:
    """The OpenAPI document of an app."""
    return complete(app, app.openapi_schema.to_schema())


def report_schema() -> dict[str, Any]:
    """The JSON Schema of the audit report."""
    schema = Report.model_json_schema(mode="serialization", by_alias=True)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def write_schemas(app: Litestar, folder: Path) -> list[Path]:
    """Write `openapi.json` of an app, the report's schema and its versions into a folder; return the paths."""
    documents = {
        "openapi.json": openapi_document(app),
        "report.schema.json": report_schema(),
        report_versions.FILE.name: report_versions.with_present(report_versions.listed()),
    }
    paths = []
    for name, document in documents.items():
        path = folder / name
        path.write_bytes(dump(document))
        paths.append(path)
    return paths

"""What the OpenAPI document says of an operation beyond its path and parameters; kept in the handler's `opt`."""

from dataclasses import dataclass, field
from typing import Any

from litestar.handlers import HTTPRouteHandler, route
from litestar.types import Method
from pydantic import BaseModel

from openapi.keys import Scope

#: Problems that any call may answer.
ALWAYS = ("foreign-origin", "foreign-host", "internal")
#: Problems that any call may answer that writes.
WRITING = ("insufficient-storage",)
#: And those that any call below /v1 may answer.
IN_V1 = ("unauthorized", "forbidden", "not-acceptable", "rate-limited", "unavailable")

#: What may be wrong with a JSON body.
JSON_BODY = ("malformed-request", "validation", "too-large", "unsupported-media-type")
#: What may be wrong with an upload.
UPLOADING = (
    "malformed-request",
    "digest-mismatch",
    "quota-exceeded",
    "not-ready",
    "validation",
    "too-large",
    "unsupported-media-type",
    "idempotency-conflict",
)
#: Why there is no report.
REPORTING = ("not-found", "not-ready", "not-acceptable")


@dataclass(frozen=True)
class Doc:
    """Body, answers and problems of one operation. An answer is a model, a media type, or None for an empty one."""

    answers: dict[int, type[BaseModel] | str | None]
    problems: tuple[str, ...] = ()
    body: type[BaseModel] | None = None
    #: Whether the body may be left out, which is the same as an empty object.
    optional: bool = False
    upload: type[BaseModel] | None = None
    examples: dict[str, Any] = field(default_factory=dict)
    #: Headers that it understands, and those that it needs.
    headers: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    #: Whether the body is a part of a file.
    part: bool = False
    also: tuple[str, ...] = ()

    def offered(self) -> tuple[str, ...]:
        """Media types that the caller chooses from; none where files are given as they are."""
        found = [kind if isinstance(kind, str) else "application/json" for kind in self.answers.values() if kind]
        return () if "application/octet-stream" in found else tuple(dict.fromkeys([*found, *self.also]))

    def opt(self) -> dict[str, "Doc"]:
        """As keyword arguments of a route handler."""
        return {"doc": self}


def get_or_head(
    path: str | None = None,
    *,
    operation_id: str,
    doc: Doc,
    description: str | None = None,
    scope: Scope | None = None,
) -> HTTPRouteHandler:
    """A route handler for reading: GET, and HEAD for the same headers without the content.

    `description` where the handler's docstring is none; `scope` of keys that may, where it is not `read`.
    """
    methods: list[Method] = ["GET", "HEAD"]
    # Ids of operations must differ, also where the document leaves HEAD out.
    return route(
        path,
        http_method=methods,
        operation_id=lambda _handler, method, _path: operation_id if method == "GET" else f"{operation_id}Head",
        opt={**doc.opt(), **({} if scope is None else {"scope": scope})},
        status_code=200,
        description=description,
    )


#: Of the operations that queue a job.
CREATE_PROBLEMS = (
    "malformed-request",
    "validation",
    "dataset-mismatch",
    "too-large",
    "unsupported-media-type",
    "idempotency-conflict",
    "rate-limited",
)
CONTENT = Doc(
    {200: "application/octet-stream", 206: "application/octet-stream", 304: None, 307: None},
    ("not-found", "validation", "range-not-satisfiable"),
    headers=("Range", "If-Range", "If-None-Match"),
)

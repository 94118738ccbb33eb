"""What the OpenAPI document says of an operation beyond its path and parameters; kept in the handler's `opt`."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from litestar.handlers import HTTPRouteHandler
from litestar.types import Method
from pydantic import BaseModel

#: Problems that any call may answer.
ALWAYS = ("foreign-origin", "foreign-host", "internal")
#: Problems that any call may answer that writes.
WRITING = ("insufficient-storage",)


@dataclass(frozen=True)
class Doc:
    """Body, answers and problems of one operation. An answer is a model, a media type, or None for an empty one."""

    answers: dict[int, type[BaseModel] | str | None]
    problems: tuple[str, ...] = ()
    body: type[BaseModel] | None = None
    upload: type[BaseModel] | None = None
    examples: dict[str, Any] = field(default_factory=dict)
    headers: tuple[str, ...] = ()
    also: tuple[str, ...] = ()

    def opt(self) -> dict[str, "Doc"]:
        """As keyword arguments of a route handler."""
        return {"doc": self}


READ: list[Method] = ["GET", "HEAD"]


def read_id(name: str) -> Callable[[HTTPRouteHandler, Method, list[Any]], str]:
    """Operation ids of a handler that answers GET and HEAD: they must differ."""
    return lambda _handler, method, _path: name if method == "GET" else f"{name}Head"


CONTENT = Doc(
    {200: "application/octet-stream", 206: "application/octet-stream", 304: None},
    ("not-found", "range-not-satisfiable"),
    headers=("Range", "If-Range", "If-None-Match"),
)

"""Pages: `{items, next_cursor}`, cursors that are opaque to the caller."""

import base64
from collections.abc import Callable, Sequence
from typing import Annotated, Any, Generic, Protocol, TypeVar

from litestar.params import QueryParameter
from pydantic import BaseModel, ConfigDict

from openapi.audits import JobStatus
from openapi.problems import InvalidField

T = TypeVar("T")

Limit = Annotated[int, QueryParameter(ge=1, le=1000, description="Most items to return")]
Cursor = Annotated[str | None, QueryParameter(max_length=400, description="`next_cursor` of the page before")]
Status = Annotated[JobStatus | None, QueryParameter(description="Only jobs of this status")]
Label = Annotated[str | None, QueryParameter(max_length=400, description="Only jobs with this label, as `key:value`")]
Sha256 = Annotated[
    str | None,
    QueryParameter(pattern="^[0-9a-f]{64}$", description="Only files with these bytes: ask before uploading again"),
]
Wait = Annotated[
    float,
    QueryParameter(
        ge=0,
        le=3600,
        description="Seconds to wait for the end; at most 60 are waited",
    ),
]


class Page(BaseModel, Generic[T]):
    """One page of a list, and where the next begins."""

    model_config = ConfigDict(frozen=True)

    items: tuple[T, ...]
    next_cursor: str | None


class Identified(Protocol):
    """A row that pages can be made of."""

    @property
    def id(self) -> Any:
        """What the rows are sorted by, newest first."""


R = TypeVar("R", bound=Identified)


def page(rows: Sequence[R], limit: int, info: Callable[[R], T]) -> "Page[T]":
    """Make a page of up to `limit` of the rows; one row more than that means that there is another page."""
    shown = rows[:limit]
    return Page(
        items=tuple(info(row) for row in shown), next_cursor=encode_cursor(shown[-1].id) if len(rows) > limit else None
    )


def encode_cursor(value: str) -> str:
    """Hide a position from the caller, who must not build on it."""
    return base64.urlsafe_b64encode(value.encode()).decode().rstrip("=")


def decode_cursor(cursor: str | None) -> str | None:
    """Read a cursor. `InvalidField` when it is none of ours."""
    if cursor is None:
        return None
    try:
        return base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode()
    except ValueError as error:  # not ASCII, not base 64, not UTF-8
        raise InvalidField("cursor", "this is not a cursor; take next_cursor of the page before as it is") from error

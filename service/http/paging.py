"""Pages: `{items, next_cursor}`, cursors that the caller need not understand."""

from collections.abc import Callable, Sequence
from typing import Annotated, Any, Generic, Protocol, TypeVar

from litestar.params import QueryParameter
from pydantic import BaseModel, ConfigDict

from openapi.states import JobStatus

T = TypeVar("T")

Limit = Annotated[int, QueryParameter(ge=1, le=1000, description="Most items to return")]
_NEXT = "`next_cursor` of the page before, as it is"
Cursor = Annotated[str | None, QueryParameter(pattern=r"^[A-Za-z0-9_]{1,64}$", description=_NEXT)]
Place = Annotated[str | None, QueryParameter(pattern=r"^[0-9]{1,15}$", description=_NEXT)]
Status = Annotated[JobStatus | None, QueryParameter(description="Only jobs of this status")]
#: ``key:value``; a key that is searched for holds neither colons nor what a path into JSON cannot quote.
LABEL = r'^[^:"\\\x00-\x1f]+:[^\x00]*$'

Label = Annotated[
    str | None, QueryParameter(max_length=400, pattern=LABEL, description="Only jobs with this label, as `key:value`")
]
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
    return Page(items=tuple(info(row) for row in shown), next_cursor=str(shown[-1].id) if len(rows) > limit else None)

"""Pages: `{items, next_cursor}`, cursors that the caller need not understand."""

from collections.abc import Callable, Sequence
from typing import Any, Generic, Protocol, TypeVar

from pydantic import BaseModel, ConfigDict
from sqlalchemy import Select
from sqlalchemy.orm import InstrumentedAttribute

T = TypeVar("T")


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


#: A query whose rows pages are made of.
Q = TypeVar("Q", bound=Select[Any])


def newest(query: Q, identity: InstrumentedAttribute[str], limit: int, cursor: str | None) -> Q:
    """Of the rows of a query those of one page, newest first, and one more (see `page`). cursor: of the page before."""
    older = query if cursor is None else query.where(identity < cursor)
    return older.order_by(identity.desc()).limit(limit + 1)


def page(rows: Sequence[R], limit: int, info: Callable[[R], T]) -> "Page[T]":
    """Make a page of up to `limit` of the rows; one row more than that means that there is another page."""
    shown = rows[:limit]
    return Page(items=tuple(info(row) for row in shown), next_cursor=str(shown[-1].id) if len(rows) > limit else None)

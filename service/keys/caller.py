"""Whose request it is, and which rows are theirs.

Models, data sets and jobs have an `owner`: the owner of the API key that made them. What was made without a key has the
owner `COMMON` and belongs to everybody. What is not visible is answered as if it were not there.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, true

from service.db.tables import Dataset, Job, Model

#: Owner of what was made without a key.
COMMON = ""

Owned = Model | Dataset | Job


@dataclass(frozen=True)
class Caller:
    """Who asks. `owner` is written into the rows that the request makes; `sees_all` without API keys."""

    owner: str = COMMON
    sees_all: bool = True

    def may_see(self, row: Owned) -> bool:
        """Whether a loaded row is theirs or common."""
        return self.sees_all or row.owner in (self.owner, COMMON)

    def visible(self, table: type[Owned]) -> ColumnElement[bool]:
        """The condition that selects the rows of a table that are theirs or common."""
        return true() if self.sees_all else table.owner.in_((self.owner, COMMON))

    def own_first(self, query: Select[Any], table: type[Owned]) -> Select[Any]:
        """Select visible rows, those of this very owner before others."""
        return query.where(self.visible(table)).order_by(table.owner != self.owner)


#: Without API keys everything is everybody's.
EVERYBODY = Caller()

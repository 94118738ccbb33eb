"""Whose request it is, and which rows are theirs.

Every row that comes of a request has a `tenant_id`: the tenant of the API key that asked. Without keys there is one
tenant, `DEFAULT_TENANT`. What is another's is answered as if it were not there.
"""

from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import ColumnElement

from openapi.problems import NotFound
from service.db.bases import Tenanted

#: A row of a table of what belongs to tenants.
T = TypeVar("T", bound=Tenanted)

#: Whose everything is where no keys are asked for, and what was there before there were tenants.
DEFAULT_TENANT = "default"


def log_ids(tenant_id: str) -> dict[str, str]:
    """What log lines say of a tenant: nothing of the one that is alone where no keys are asked for."""
    return {} if tenant_id == DEFAULT_TENANT else {"tenant": tenant_id}


@dataclass(frozen=True)
class Caller:
    """Who asks: `tenant` is written into the rows that the request makes."""

    tenant: str = DEFAULT_TENANT

    def may_see(self, row: Tenanted) -> bool:
        """Whether a loaded row is theirs."""
        return row.tenant_id == self.tenant

    def own(self, row: T | None, noun: str, identity: str) -> T:
        """The row that was looked for, when there is one and it is theirs. Raises `NotFound`, the same for both."""
        if row is None or not self.may_see(row):
            raise NotFound(f"There is no {noun} {identity!r}")
        return row

    def visible(self, table: type[Tenanted]) -> ColumnElement[bool]:
        """The condition that selects the rows of a table that are theirs."""
        return table.tenant_id == self.tenant


#: Who asks where no keys are asked for.
ANYBODY = Caller()

"""Alembic's entry point: the connection comes from `service.db.migrate`."""

from typing import Any, Literal

from advanced_alchemy.types import DateTimeUTC
from alembic import context

from service.db import tables


def _render(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """Write column types under the names that the template imports."""
    if kind == "type" and isinstance(item, DateTimeUTC):
        return "DateTimeUTC(timezone=True)"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=tables.Job.metadata,
    render_as_batch=True,  # SQLite cannot alter columns in place
    compare_type=True,
    render_item=_render,
)
with context.begin_transaction():
    context.run_migrations()

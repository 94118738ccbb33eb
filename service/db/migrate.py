"""Alembic, run from the program itself: the migrations travel inside the package."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

_ADVISORY_LOCK = 0x7472656D  # any fixed number: processes that start together migrate one after the other


def alembic_config(connection: Connection) -> Config:
    """Return Alembic's configuration for an open connection."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


class UnknownRevision(Exception):
    """The database has a schema that this program does not know: a newer one made it."""


def revisions(connection: Connection) -> tuple[str | None, str]:
    """The revision of the database (None: it is empty), and the newest that this program knows.

    Raises `UnknownRevision` when the database's is none of ours.
    """
    scripts = ScriptDirectory.from_config(alembic_config(connection))
    known = [script.revision for script in scripts.walk_revisions()]
    found = MigrationContext.configure(connection).get_current_revision()
    if found is not None and found not in known:
        raise UnknownRevision(
            f"The database has schema {found} and was made by a newer Tremor; this one knows schemas up to {known[0]}: "
            f"install the newer version again, or take the database down with it: tremor db downgrade {known[0]}"
        )
    return found, known[0]


def upgrade(connection: Connection, revision: str = "head") -> None:
    """Apply every migration up to `revision`. Raises `UnknownRevision` when the database is a newer program's."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ADVISORY_LOCK})
    revisions(connection)
    command.upgrade(alembic_config(connection), revision)


def downgrade(connection: Connection, revision: str = "base") -> None:
    """Take migrations back down to `revision`."""
    command.downgrade(alembic_config(connection), revision)

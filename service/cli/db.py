"""`tremor db`: the schema of the database, for operators who migrate by hand or go back a version."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

import click

from service.cli.database import data_folder_option, on_database
from service.cli.exits import CommandFailed, Exit

if TYPE_CHECKING:
    from openapi.wire.settings import Settings


@click.group()
@data_folder_option
@click.pass_context
def db(context: click.Context, data: Path) -> None:
    """Look at the schema of the database, and change it.

    The API brings it up to date when it starts; nothing of this is needed for that. Make a copy before a downgrade,
    and stop the service.
    """
    context.obj = data


@db.command()
@click.pass_obj
def check(data: Path) -> None:
    """Say which schema the database has; code 3 when the next start would change it or refuse it."""
    found, newest = on_database(data, lambda database: database.schema())
    if found == newest:
        click.echo(f"up to date: schema {found}")
    else:
        raise CommandFailed(Exit.JOB_FAILED, f"schema {found or 'none'}, {newest} is the newest: tremor db upgrade")


@db.command()
@click.pass_obj
def upgrade(data: Path) -> None:
    """Bring the database to the newest schema."""
    on_database(data, lambda database: database.migrate(), begins=data.is_dir())
    _, newest = on_database(data, lambda database: database.schema())
    click.echo(f"up to date: schema {newest}")


@db.command()
@click.argument("revision")
@click.pass_obj
def downgrade(data: Path, revision: str) -> None:
    """Take the database back to REVISION, e.g. 0002, for an older version; `base` empties it."""
    from alembic.util import CommandError

    try:
        on_database(data, lambda database: database.downgrade(revision))
    except CommandError as error:
        raise click.UsageError(f"{revision} is no schema that this one can be taken back to: {error}") from error
    click.echo(f"schema {revision}")


def refuse_newer(settings: "Settings") -> None:
    """Raise a `ClickException`, in one sentence, when the database is a newer program's."""
    from sqlalchemy.exc import SQLAlchemyError

    from service.db.database import Database
    from service.db.migrate import UnknownRevision

    async def look() -> None:
        database = Database(settings.sqlalchemy_url)
        try:
            await database.schema()
        except SQLAlchemyError:
            return  # away, perhaps: who starts next says so
        finally:
            await database.close()

    try:
        asyncio.run(look())
    except UnknownRevision as error:
        raise click.ClickException(str(error)) from error

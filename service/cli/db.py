"""`tremor db`: the schema of the database, for operators who migrate by hand or go back a version."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from service.cli.exits import CommandFailed, Exit

if TYPE_CHECKING:
    from openapi.wire.settings import Settings
    from service.db.database import Database

T = TypeVar("T")


@click.group()
@click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    envvar="TREMOR_DATA_DIR",
    default=Path("tremor-data"),
    show_default=True,
    help="Data folder of `tremor serve`; ignored when TREMOR_DATABASE_URL is set.",
)
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
    found, newest = _on_database(data, lambda database: database.schema())
    if found == newest:
        click.echo(f"up to date: schema {found}")
    else:
        raise CommandFailed(Exit.JOB_FAILED, f"schema {found or 'none'}, {newest} is the newest: tremor db upgrade")


@db.command()
@click.pass_obj
def upgrade(data: Path) -> None:
    """Bring the database to the newest schema."""
    _on_database(data, lambda database: database.migrate())
    _, newest = _on_database(data, lambda database: database.schema())
    click.echo(f"up to date: schema {newest}")


@db.command()
@click.argument("revision")
@click.pass_obj
def downgrade(data: Path, revision: str) -> None:
    """Take the database back to REVISION, e.g. 0002, for an older version; `base` empties it."""
    from alembic.util import CommandError

    try:
        _on_database(data, lambda database: database.downgrade(revision))
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


def _on_database(data: Path, work: "Callable[[Database], Awaitable[T]]") -> T:
    from openapi.wire.settings import Settings
    from service.db.database import Database
    from service.db.migrate import UnknownRevision

    settings = Settings(data_dir=data)
    if settings.database_url is None and not data.is_dir():
        raise click.UsageError(f"there is no data folder {data}: give the one of `tremor serve` with --data")

    async def run() -> T:
        database = Database(settings.sqlalchemy_url)
        try:
            return await work(database)
        finally:
            await database.close()

    try:
        return asyncio.run(run())
    except UnknownRevision as error:
        raise click.ClickException(str(error)) from error

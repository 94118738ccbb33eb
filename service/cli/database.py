"""Work on the service's database without the service."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from service.cli.exits import CommandFailed, Exit

if TYPE_CHECKING:
    from service.db.database import Database

T = TypeVar("T")

data_folder_option = click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    envvar="TREMOR_DATA_DIR",
    default=Path("tremor-data"),
    show_default=True,
    help="Data folder of `tremor serve`; ignored when TREMOR_DATABASE_URL is set.",
)


def on_database(data: Path, work: Callable[["Database"], Awaitable[T]], *, begins: bool = False) -> T:
    """Do the work in the database of a data folder, or of TREMOR_DATABASE_URL.

    `begins`: it may be the first that is done there, which is said. Raises `UsageError` where there is none otherwise,
    `ClickException` when the database is a newer program's, `CommandFailed` when it cannot be used.
    """
    from sqlalchemy.exc import DBAPIError

    from service.cli.sandbox import load_settings
    from service.db.database import Database
    from service.db.migrate import UnknownRevision

    settings = load_settings(data_dir=data)
    new = settings.database_url is None and not (data / "tremor.db").exists()
    if new and not begins:
        what = f"{data} holds no database" if data.is_dir() else f"there is no data folder {data}"
        raise click.UsageError(f"{what}: give the one of `tremor serve` with --data")

    async def run() -> T:
        database = Database(settings.sqlalchemy_url)
        try:
            return await work(database)
        finally:
            await database.close()

    try:
        done = asyncio.run(run())
    except UnknownRevision as error:
        raise click.ClickException(str(error)) from error
    except DBAPIError as error:
        raise CommandFailed(Exit.UNREACHABLE, f"the database cannot be used: {error.orig or error}") from error
    if new:
        click.echo(f"there was no database in {data.absolute()}: a new one has begun there", err=True)
    return done


def with_database(data: Path, work: Callable[["Database"], Awaitable[T]], *, begins: bool = False) -> T:
    """Do the work in the service's database, brought up to date."""

    async def migrated(database: "Database") -> T:
        await database.migrate()
        return await work(database)

    return on_database(data, migrated, begins=begins)

"""`tremor keys`: API keys, straight in the database."""

import asyncio
import hashlib
import secrets
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

if TYPE_CHECKING:
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
def keys(context: click.Context, data: Path) -> None:
    """Create, list and revoke API keys.

    Clients send a key as `Authorization: Bearer KEY`; the service asks for one when TREMOR_AUTH=keys is set. Only a
    key's hash is kept, so that a lost key cannot be shown again.
    """
    context.obj = data


@keys.command()
@click.argument("name")
@click.pass_obj
def create(data: Path, name: str) -> None:
    """Create a key called NAME and print it, this once."""
    from service.db.tables import ApiKey

    key = "trm_" + secrets.token_urlsafe(32)
    row = ApiKey(id="key_" + secrets.token_hex(8), name=name, key_hash=hashlib.sha256(key.encode()).hexdigest())
    identity = row.id

    async def add(database: "Database") -> None:
        async with database.write() as session:
            session.add(row)

    _with_database(data, add)
    click.echo(f"{identity} created; its key, shown only now:", err=True)
    click.echo(key)


@keys.command(name="list")
@click.pass_obj
def list_keys(data: Path) -> None:
    """List the keys: id, state, time of creation, name."""
    from sqlalchemy import select

    from service.db.tables import ApiKey

    async def read(database: "Database") -> list[ApiKey]:
        async with database.read() as session:
            return list(await session.scalars(select(ApiKey).order_by(ApiKey.created_at)))

    for row in _with_database(data, read):
        state = "revoked" if row.revoked_at else "active"
        click.echo(f"{row.id}  {state:7}  {row.created_at:%Y-%m-%d %H:%M}  {row.name}")


@keys.command()
@click.argument("key_id")
@click.pass_obj
def revoke(data: Path, key_id: str) -> None:
    """Revoke the key with the id KEY_ID, at once and for good."""
    from openapi.base import utc_now
    from service.db.tables import ApiKey

    async def mark(database: "Database") -> bool:
        async with database.write() as session:
            row = await session.get(ApiKey, key_id)
            if row is not None and row.revoked_at is None:
                row.revoked_at = utc_now()
            return row is not None

    if not _with_database(data, mark):
        raise click.ClickException(f"There is no key {key_id}; `tremor keys list` shows the ids")
    click.echo(f"{key_id} revoked")


def _with_database(data: Path, work: Callable[["Database"], Awaitable[T]]) -> T:
    from openapi.wire.settings import Settings
    from service.db.database import Database

    async def run() -> T:
        database = Database(Settings(data_dir=data).sqlalchemy_url)
        try:
            await database.migrate()
            return await work(database)
        finally:
            await database.close()

    return asyncio.run(run())

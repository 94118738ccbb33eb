"""`tremor keys`: API keys, straight in the database."""

import hashlib
import secrets
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from openapi.text import visible
from service.cli.database import data_folder_option, on_database

if TYPE_CHECKING:
    from service.db.database import Database

T = TypeVar("T")


@click.group()
@data_folder_option
@click.pass_context
def keys(context: click.Context, data: Path) -> None:
    """Create, list and revoke API keys, and say what belongs to which.

    Clients send a key as `Authorization: Bearer KEY`; the service asks for one when TREMOR_AUTH=keys is set. Only a
    key's hash is kept, so that a lost key cannot be shown again. What a key has uploaded or started is not there for
    other keys.
    """
    context.obj = data


@keys.command()
@click.argument("name")
@click.option("--owner", metavar="KEY_ID", help="Of the same owner as this key: to replace a key, or for a team.")
@click.pass_obj
def create(data: Path, name: str, owner: str | None) -> None:
    """Create a key called NAME and print it, this once."""
    from service.db.tables import ApiKey

    key = "trm_" + secrets.token_urlsafe(32)
    identity = "key_" + secrets.token_hex(8)
    digest = hashlib.sha256(key.encode()).hexdigest()

    async def add(database: "Database") -> bool:
        async with database.write() as session:
            like = await session.get(ApiKey, owner) if owner else None
            if owner and like is None:
                return False
            session.add(ApiKey(id=identity, owner=like.owner if like else identity, name=name, key_hash=digest))
            return True

    if not _with_database(data, add, begins=True):
        raise _no_key(owner)
    click.echo(f"{identity} created; its key, shown only now:", err=True)
    click.echo(key)


@keys.command(name="list")
@click.pass_obj
def list_keys(data: Path) -> None:
    """List the keys: id, state, time of creation, name, and the owner where that is another key's."""
    from sqlalchemy import select

    from service.db.tables import ApiKey

    async def read(database: "Database") -> list[ApiKey]:
        async with database.read() as session:
            return list(await session.scalars(select(ApiKey).order_by(ApiKey.created_at)))

    for row in _with_database(data, read):
        state = "revoked" if row.revoked_at else "active"
        owner = "" if row.owner == row.id else f"  [owner {row.owner}]"
        click.echo(f"{row.id}  {state:7}  {row.created_at:%Y-%m-%d %H:%M}  {visible(row.name + owner)}")


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
        raise _no_key(key_id)
    click.echo(f"{key_id} revoked")


@keys.command()
@click.argument("key_id")
@click.pass_obj
def adopt(data: Path, key_id: str) -> None:
    """Give KEY_ID all that has no owner: what was made before there were keys, and is common to all of them."""
    from service.db.tables import ApiKey
    from service.keys.adoption import adopt_common

    async def give(database: "Database") -> dict[str, int] | None:
        async with database.write() as session:
            row = await session.get(ApiKey, key_id)
            return await adopt_common(session, row.owner) if row is not None else None

    found = _with_database(data, give)
    if found is None:
        raise _no_key(key_id)
    click.echo(f"{key_id} owns " + ", ".join(f"{n} {noun}{'' if n == 1 else 's'}" for noun, n in found.items()))


def _no_key(key_id: str | None) -> click.ClickException:
    return click.ClickException(f"There is no key {key_id}; `tremor keys list` shows the ids")


def _with_database(data: Path, work: Callable[["Database"], Awaitable[T]], *, begins: bool = False) -> T:
    """Do the work in the service's database, brought up to date."""

    async def migrated(database: "Database") -> T:
        await database.migrate()
        return await work(database)

    return on_database(data, migrated, begins=begins)

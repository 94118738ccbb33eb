"""`tremor tenants`: those whose things are kept apart, straight in the database."""

import re
from pathlib import Path
from typing import TYPE_CHECKING

import click

from openapi.text import visible
from service.cli.database import data_folder_option, with_database

if TYPE_CHECKING:
    from service.db.database import Database
    from service.db.tables import Tenant

#: What a tenant's id consists of.
_ID = r"[a-z0-9][a-z0-9_-]{0,39}"


@click.group()
@data_folder_option
@click.pass_context
def tenants(context: click.Context, data: Path) -> None:
    """Create and list tenants.

    Keys of one tenant see the same; what is another's is not there for them. Everything belongs to the tenant `default`
    where no keys are asked for.
    """
    context.obj = data


@tenants.command()
@click.argument("identity", metavar="TENANT")
@click.option("--name", help="For people.  [default: TENANT]")
@click.pass_obj
def create(data: Path, identity: str, name: str | None) -> None:
    """Create the tenant TENANT: small letters, digits, - and _, at most 40."""
    from service.db.tables import Tenant

    if not re.fullmatch(_ID, identity):
        raise click.UsageError(
            "TENANT consists of small letters, digits, - and _, begins with a letter or digit, at most 40"
        )
    if name is not None and not 1 <= len(name) <= 200:
        raise click.UsageError("--name has 1 to 200 characters")

    async def add(database: "Database") -> None:
        async with database.write() as session:
            if await session.get(Tenant, identity) is not None:
                raise click.ClickException(f"There is a tenant {identity!r} already")
            session.add(Tenant(id=identity, name=name or identity))

    with_database(data, add, begins=True)
    click.echo(f"{identity} created; `tremor keys create NAME --tenant {identity}` makes a key for it")


@tenants.command(name="list")
@click.pass_obj
def list_tenants(data: Path) -> None:
    """List the tenants: id, creation and name."""
    from sqlalchemy import select

    from service.db.tables import Tenant

    async def read(database: "Database") -> "list[Tenant]":
        async with database.read() as session:
            return list(await session.scalars(select(Tenant).order_by(Tenant.created_at, Tenant.id)))

    for row in with_database(data, read):
        click.echo(f"{row.id}  {row.created_at:%Y-%m-%d %H:%M}  {visible(row.name)}")

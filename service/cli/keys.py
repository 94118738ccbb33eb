"""`tremor keys`: API keys, straight in the database."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from openapi.text import visible
from service.cli.database import data_folder_option, with_database

if TYPE_CHECKING:
    from service.db.database import Database


@click.group()
@data_folder_option
@click.pass_context
def keys(context: click.Context, data: Path) -> None:
    """Create, list, rotate and revoke API keys.

    Clients send a key as `Authorization: Bearer KEY`; the service asks for one when TREMOR_AUTH=keys is set. Only a
    key's hash is kept, so that a lost key cannot be shown again. What a key has uploaded or started is its tenant's and
    not there for keys of others (see `tremor tenants`).
    """
    context.obj = data


_SCOPES = click.Choice(["read", "submit", "admin"])
_days_option = click.option(
    "--expires",
    "--expires-days",
    "expires_days",
    metavar="DAYS",
    type=click.FloatRange(0, 36_500, min_open=True),
    help="Days until it ends by itself [never].",
)


@keys.command()
@click.argument("name")
@click.option(
    "--tenant",
    metavar="TENANT",
    help="Of this tenant: for a team, or `default` for what was made without keys.  [default: a tenant of its own]",
)
@click.option(
    "--scope",
    type=_SCOPES,
    default="submit",
    show_default=True,
    help="read: look at its tenant's things; submit: upload, start and delete as well; admin: manage keys as well.",
)
@_days_option
@click.pass_obj
def create(data: Path, name: str, tenant: str | None, scope: str, expires_days: float | None) -> None:
    """Create a key called NAME and print it, this once."""
    from openapi.keys import KeyRequest, Scope
    from service.cli.given import Sources, check
    from service.db.tables import Tenant
    from service.keys.service import make_key
    from service.tenants.quotas import tenant_called

    check(KeyRequest, {"name": name, "scope": scope}, Sources(name="NAME"))

    async def add(database: "Database") -> tuple[str, str]:
        async with database.write() as session:
            if tenant is not None and await session.get(Tenant, tenant) is None:
                raise click.ClickException(f"There is no tenant {tenant!r}; `tremor tenants list` shows them")
            if tenant is None and (twin := await tenant_called(session, name)) is not None:
                raise click.ClickException(
                    f"There is a tenant of the name {visible(name)!r} already: a key of its own gets another name, one "
                    f"of that tenant is made with --tenant {twin}"
                )
            row, secret = make_key(session, name, tenant=tenant, scope=Scope(scope), expires_at=_after(expires_days))
            return row.id, secret

    _tell(with_database(data, add, begins=True))


@keys.command()
@click.argument("key_id")
@click.option(
    "--overlap-hours",
    type=click.FloatRange(0, 30 * 24),
    default=0.0,
    show_default=True,
    help="How long the old key still works, so that clients can change over.",
)
@_days_option
@click.pass_obj
def rotate(data: Path, key_id: str, overlap_hours: float, expires_days: float | None) -> None:
    """Replace KEY_ID by a new key of the same tenant, name and scope, and print that, this once."""
    from openapi.problems import Conflict
    from service.db.tables import ApiKey
    from service.keys.service import rotate_key

    async def replace(database: "Database") -> tuple[str, str] | None:
        async with database.write() as session:
            row = await session.get(ApiKey, key_id)
            if row is None:
                return None
            overlap = timedelta(hours=overlap_hours)
            try:
                fresh, secret = rotate_key(session, row, overlap=overlap, expires_at=_after(expires_days))
            except Conflict as error:
                raise click.ClickException(error.detail) from error
            return fresh.id, secret

    made = with_database(data, replace)
    if made is None:
        raise _no_key(key_id)
    _tell(made)


def _after(days: float | None) -> datetime | None:
    return None if days is None else datetime.now(UTC) + timedelta(days=days)


def _tell(made: tuple[str, str]) -> None:
    identity, secret = made
    click.echo(f"{identity} created; its key, shown only now:", err=True)
    click.echo(secret)


@keys.command(name="list")
@click.pass_obj
def list_keys(data: Path) -> None:
    """List the keys: id, state, scope, creation, last use, tenant and name."""
    from sqlalchemy import select

    from service.db.tables import ApiKey
    from service.keys.service import has_ended

    async def read(database: "Database") -> list[ApiKey]:
        async with database.read() as session:
            return list(await session.scalars(select(ApiKey).order_by(ApiKey.created_at)))

    for row in with_database(data, read):
        state = "revoked" if row.revoked_at else "expired" if has_ended(row) else "active"
        used = f"used {row.last_used_at:%Y-%m-%d %H:%M}" if row.last_used_at else "never used"
        notes = [f"until {row.expires_at:%Y-%m-%d %H:%M}"] if row.expires_at and state == "active" else []
        said = row.name + (f"  [{', '.join(notes)}]" if notes else "")
        click.echo(
            f"{row.id}  {state:7}  {row.scope.value:6}  {row.created_at:%Y-%m-%d %H:%M}  {used:21}  "
            f"{row.tenant_id}  {visible(said)}"
        )


@keys.command()
@click.argument("key_id")
@click.pass_obj
def revoke(data: Path, key_id: str) -> None:
    """Revoke the key with the id KEY_ID, at once and for good."""
    from service.db.tables import ApiKey
    from service.keys.service import revoke_key

    async def mark(database: "Database") -> bool:
        async with database.write() as session:
            row = await session.get(ApiKey, key_id)
            if row is not None:
                revoke_key(row)
            return row is not None

    if not with_database(data, mark):
        raise _no_key(key_id)
    click.echo(f"{key_id} revoked")


def _no_key(key_id: str) -> click.ClickException:
    return click.ClickException(f"There is no key {key_id}; `tremor keys list` shows the ids")

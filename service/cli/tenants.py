"""`tremor tenants`: those whose things are kept apart, straight in the database."""

import re
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

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
    """Create and list tenants, and say how much each may have.

    Keys of one tenant see the same; what is another's is not there for them. Everything belongs to the tenant `default`
    where no keys are asked for.
    """
    context.obj = data


class _Quota(click.ParamType[int | str]):
    """A whole number, or `default`: what the settings say."""

    name = "NUMBER|default"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int | str:
        if value == "default" or isinstance(value, int):
            return value  # type: ignore[no-any-return]
        if not re.fullmatch("[0-9]{1,15}", value):
            self.fail("a quota is a whole number, or `default` for what TREMOR_TENANT_… says", param, ctx)
        return int(value)


#: What a number of bytes may be followed by; a thousand as the SI means it, or 1024.
_UNITS = {"": 1, "b": 1} | {
    f"{letter}{ending}": base**power
    for power, letter in enumerate("kmgt", 1)
    for ending, base in (("", 1000), ("b", 1000), ("ib", 1024))
}


class _Bytes(_Quota):
    """Bytes, with or without a unit: ``500MB``, ``1GiB``, ``1.5 TiB``."""

    name = "SIZE|default"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int | str:
        if value == "default" or isinstance(value, int):
            return value  # type: ignore[no-any-return]
        found = re.fullmatch(r"([0-9]{1,15}(?:\.[0-9]{1,9})?) *([A-Za-z]{0,3})", value)
        if found is None or found[2].lower() not in _UNITS:
            self.fail(
                "a size is a number of bytes, with a unit if need be, such as 500MB or 1GiB; or `default` for what "
                "TREMOR_TENANT_… says",
                param,
                ctx,
            )
        size = Fraction(found[1]) * _UNITS[found[2].lower()]
        if size >= 10**15:
            self.fail("that is more than any store holds", param, ctx)
        return int(size)


def _quotas(command: Callable[..., None]) -> Callable[..., None]:
    for option, kind, help_text in (
        ("--requests-per-minute", _Quota(), "Requests a minute, with TREMOR_AUTH=keys; 0 is unlimited."),
        ("--max-running", _Quota(), "Most units of work that workers have at a time."),
        ("--max-queued", _Quota(), "Most unfinished jobs; 0 lets the tenant only look."),
        ("--max-bytes", _Bytes(), "Most bytes kept, such as 20GiB."),
    ):
        command = click.option(option, type=kind, help=help_text)(command)
    return command


@tenants.command()
@click.argument("identity", metavar="TENANT")
@click.option("--name", help="For people.  [default: TENANT]")
@_quotas
@click.pass_obj
def create(data: Path, /, identity: str, name: str | None, **quotas: int | str | None) -> None:
    """Create the tenant TENANT: small letters, digits, - and _, at most 40."""
    from service.db.tables import Tenant
    from service.tenants.quotas import tenant_called

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
            same = await tenant_called(session, name or identity)
            if same is not None:
                raise click.ClickException(
                    f"The tenant {same!r} has the name {visible(name or identity)!r} already; give another by --name"
                )
            row = Tenant(id=identity, name=name or identity)
            _set(row, quotas)
            session.add(row)

    with_database(data, add, begins=True)
    _note_rate(quotas)
    click.echo(f"{identity} created; `tremor keys create NAME --tenant {identity}` makes a key for it")


def _set(row: "Tenant", quotas: dict[str, int | str | None]) -> None:
    """Give a tenant those quotas that are named."""
    for column, value in quotas.items():
        if value == 0 and column == "max_running":
            raise click.UsageError("--max-running is at least 1")
        if value is not None:
            setattr(row, column, None if value == "default" else value)


@tenants.command(name="set")
@click.argument("identity", metavar="TENANT")
@_quotas
@click.pass_obj
def set_quotas(data: Path, /, identity: str, **quotas: int | str | None) -> None:
    """Change what the tenant TENANT may have; it holds at once."""
    from service.db.tables import Tenant

    if all(value is None for value in quotas.values()):
        options = ", ".join(f"--{name.replace('_', '-')}" for name in quotas)
        raise click.UsageError(f"say what is to change: {options}")

    async def change(database: "Database") -> None:
        async with database.write() as session:
            row = await session.get(Tenant, identity)
            if row is None:
                raise click.ClickException(f"There is no tenant {identity!r}; `tremor tenants list` shows them")
            _set(row, quotas)

    with_database(data, change)
    _note_rate(quotas)
    click.echo(f"{identity} changed")


def _note_rate(quotas: dict[str, int | str | None]) -> None:
    """Say that a rate counts nothing as long as no keys are asked for."""
    from service.cli.sandbox import load_settings

    if quotas["requests_per_minute"] is not None and load_settings().auth != "keys":
        click.echo(
            "note: a tenant's rate has an effect with TREMOR_AUTH=keys alone, which is not set here; without keys "
            "TREMOR_RATE_LIMIT_PER_MINUTE counts by address",
            err=True,
        )


@tenants.command(name="list")
@click.pass_obj
def list_tenants(data: Path) -> None:
    """List the tenants: id, creation, what each has and may have, and name."""
    from sqlalchemy import select

    from service.db.tables import Tenant
    from service.tenants.quotas import unfinished_jobs, used_bytes

    async def read(database: "Database") -> "list[tuple[Tenant, int, int]]":
        async with database.read() as session:
            rows = list(await session.scalars(select(Tenant).order_by(Tenant.created_at, Tenant.id)))
            return [(row, await used_bytes(session, row.id), await unfinished_jobs(session, row.id)) for row in rows]

    for row, used, unfinished in with_database(data, read):
        has = f"{used}{_of(row.max_bytes)} bytes, {unfinished}{_of(row.max_queued)} unfinished"
        has += "" if row.max_running is None else f", {row.max_running} at a time"
        has += "" if row.requests_per_minute is None else f", {row.requests_per_minute} requests a minute"
        click.echo(f"{row.id}  {row.created_at:%Y-%m-%d %H:%M}  {has}  {visible(row.name)}")


def _of(most: int | None) -> str:
    return "" if most is None else f" of {most}"

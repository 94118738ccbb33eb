"""`tremor doctor`: does the database name what the store holds?"""

import json
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from openapi.text import counted, visible
from service.cli.database import data_folder_option, on_database
from service.cli.exits import CommandFailed, Exit

if TYPE_CHECKING:
    from openapi.wire.blobs import BlobStore
    from service.db.database import Database
    from service.upkeep.examination import Finding


@dataclass(frozen=True)
class _Stores:
    """Where things are kept, without the queue: what nobody refers to is in no worker's hands either."""

    db: "Database"
    blobs: "BlobStore"
    queue: None = None


@click.command()
@data_folder_option
@click.option("--deep", is_flag=True, help="Read every byte and compare it with its hash; without it sizes alone.")
@click.option(
    "--older-than",
    "hours",
    type=click.FloatRange(min=0),
    default=24.0,
    show_default=True,
    help="Hours after which content that nothing refers to is garbage; less than 1 only while nothing is running.",
)
@click.option("--repair", is_flag=True, help="Remove the garbage. Nothing else is changed.")
@click.option("--json", "as_json", is_flag=True, help="Findings as JSON on standard output.")
def doctor(data: Path, deep: bool, hours: float, repair: bool, as_json: bool) -> None:
    """Compare the database with the blobs, and say what is wrong and what to do about it.

    It may run beside the service. Code 3 when something was found that is still so.
    """
    found, repaired = _examined(data, deep=deep, older_than=timedelta(hours=hours), repair=repair)
    if as_json:
        click.echo(json.dumps({"findings": [asdict(finding) for finding in found], "repaired": repaired}))
    for finding in () if as_json else found:
        click.echo(f"{finding.kind:8} {visible(finding.what)}\n         {finding.advice}")
    left = [finding for finding in found if not (repaired and finding.kind == "orphan")]
    if left:
        raise CommandFailed(Exit.JOB_FAILED, counted(len(left), "finding"))
    if not as_json:
        click.echo("the garbage is removed" if repaired else "all is well: what is named is there, and nothing else")


def _examined(data: Path, *, deep: bool, older_than: timedelta, repair: bool) -> "tuple[list[Finding], bool]":
    """The findings, and whether garbage was removed."""
    from openapi.problems import TremorError
    from openapi.wire.blobs import BlobStore
    from service.cli.sandbox import load_settings
    from service.upkeep.examination import examine
    from service.upkeep.orphans import sweep

    async def look(database: "Database") -> "tuple[list[Finding], bool]":
        schema, newest = await database.schema()
        if schema != newest:
            raise CommandFailed(
                Exit.JOB_FAILED, f"schema {schema or 'none'}, {newest} is the newest: tremor db upgrade"
            )
        stores = _Stores(database, BlobStore.from_settings(load_settings(data_dir=data)))
        found = await examine(stores, deep=deep, older_than=older_than)
        garbage = any(finding.kind == "orphan" for finding in found)
        if repair and garbage:
            await sweep(stores, older_than)
        return found, repair and garbage

    try:
        return on_database(data, look)
    except TremorError as error:
        raise CommandFailed(Exit.UNREACHABLE, f"the blob store cannot be used: {error.detail}") from error

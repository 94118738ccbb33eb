"""`tremor openapi`: regenerate the published schemas."""

from pathlib import Path

import click

import openapi as contract


@click.command()
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(contract.__path__[0]),
    help="Folder to write to [the package's own].",
)
def openapi(out: Path) -> None:
    """Write openapi.json and report.schema.json, generated from the code."""
    from openapi.wire.settings import Settings
    from service.app import create_app
    from service.http.schema import write_schemas

    out.mkdir(parents=True, exist_ok=True)
    for path in write_schemas(create_app(Settings()), out):
        click.echo(path)

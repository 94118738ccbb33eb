"""`tremor openapi`: regenerate the published schemas."""

import json
from importlib.util import find_spec
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
    """Write openapi.json, report.schema.json, report.versions.json and the typed client, generated from the code.

    The client is left as it is where its generator (openapi-python-client, of `tremor[test]`) is not installed.
    """
    from openapi.wire.settings import Settings
    from service.app import create_app
    from service.cli.typed_client import write_client
    from service.http.schema import write_schemas

    out.mkdir(parents=True, exist_ok=True)
    for path in write_schemas(create_app(Settings()), out):
        click.echo(path)
    if find_spec("openapi_python_client") is None:
        click.echo("the client is left as it is: openapi-python-client is not installed", err=True)
        return
    write_client(json.loads((out / "openapi.json").read_bytes()), out / "client")
    click.echo(out / "client")

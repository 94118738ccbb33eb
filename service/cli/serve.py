"""`tremor serve`: the embedded product."""

from pathlib import Path

import click

from service.cli.listening import check_reach, open_option


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port",
    default=8000,
    show_default=True,
    type=click.IntRange(0, 65_535),
    help="Port to listen on; 0 is any free one.",
)
@click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("tremor-data"),
    show_default=True,
    envvar="TREMOR_DATA_DIR",
    help="Folder of everything it keeps; the same folder resumes.",
)
@click.option(
    "--workers",
    default=1,
    show_default=True,
    type=click.IntRange(min=0),
    help="Workers; one per GPU, or per few cores.",
)
@open_option
@click.option("--lifeline", is_flag=True, hidden=True, help="Stop when standard input ends.")
def serve(host: str, port: int, data: Path, workers: int, is_open: bool, lifeline: bool) -> None:
    """Run the whole service: API, workers, an embedded Valkey broker, SQLite and a blob folder.

    Nothing else needs to be installed. Ctrl-C stops all of it; started again with the same --data it goes on where it
    was. Further settings come from TREMOR_* variables; logs lie in the folder logs of --data.
    """
    from openapi.wire.private import keep_private
    from service.cli.sandbox import (
        load_settings,
        require_sandbox,
        require_signing_key,
        require_traces,
    )
    from service.embedded.folder import CannotServe
    from service.embedded.supervisor import Supervisor

    keep_private()
    settings = load_settings()
    require_signing_key(settings)
    require_traces()
    check_reach(host, settings, is_open)
    if workers:
        require_sandbox(settings)

    supervisor = Supervisor(
        data,
        host=host,
        port=port,
        workers=workers,
        hang_seconds=settings.hang_seconds,
        lifeline=0 if lifeline else None,
        ready=lambda url: click.echo(f"ready {url}") if lifeline else _answers(url, data, workers),
        working=lambda: None if lifeline else click.echo("Tremor is ready for audits: a worker is there"),
        notice=lambda text: None if lifeline else click.echo(text, err=True),
    )
    try:
        supervisor.run()
    except CannotServe as error:
        raise click.ClickException(str(error)) from error
    if not lifeline:
        click.echo("stopped")


def _answers(url: str, data: Path, workers: int) -> None:
    """Say that requests are answered from now on."""
    click.echo(f"Tremor answers: {url}  (API description: {url}/schema)")
    click.echo(f"data and logs: {data.absolute()}; Ctrl-C stops it")
    if workers:
        still = "the worker is" if workers == 1 else f"{workers} workers are"
        click.echo(f"{still} still starting; audits that are sent now wait for it")
    else:
        click.echo("there is no worker here: audits wait for one (`tremor worker`)")

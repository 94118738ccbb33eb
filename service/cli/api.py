"""`tremor api`: the HTTP side alone."""

import faulthandler
import gc
import resource
import signal
import socket
from typing import Literal

import click

from service.cli.listening import check_reach, open_option


@click.command()
@click.option("--host", help="Address to listen on [TREMOR_HOST, else 127.0.0.1].")
@click.option("--port", type=click.IntRange(0, 65_535), help="Port to listen on [TREMOR_PORT, else 8000].")
@open_option
@click.option("--fd", type=int, hidden=True, help="Take this bound socket instead.")
@click.option(
    "--workers-ended",
    type=click.Choice(["stopped", "lost"]),
    hidden=True,
    help="No worker lives that has work of before: they were stopped, or killed.",
)
def api(
    host: str | None,
    port: int | None,
    is_open: bool,
    fd: int | None,
    workers_ended: Literal["stopped", "lost"] | None,
) -> None:
    """Run the HTTP API, configured by TREMOR_* variables.

    TREMOR_DATABASE_URL, TREMOR_REDIS_URL and TREMOR_BLOB_URL say where PostgreSQL, Redis and S3 are. The database
    schema is brought up to date at the start. Several of these processes may run side by side.
    """

    gc.disable()  # until `_spare_collections`: the start keeps nearly all that it makes

    from openapi.wire.logs import set_up_logs
    from openapi.wire.private import keep_private
    from openapi.wire.traces import end_traces
    from service.app import create_app
    from service.cli.db import refuse_newer
    from service.cli.sandbox import load_settings, require_signing_key, require_traces
    from service.embedded.folder import CannotServe, listen
    from service.http.draining import DrainingServer
    from service.http.server import server_config
    from service.http.tracing import traced

    keep_private()
    settings = load_settings()
    require_signing_key(settings)
    require_traces()
    refuse_newer(settings)
    try:
        if fd is None:
            check_reach(host or settings.host, settings, is_open)
            bound = listen(host or settings.host, settings.port if port is None else port)
        else:
            bound = socket.socket(fileno=fd)
    except CannotServe as error:
        raise click.ClickException(str(error)) from error
    set_up_logs(settings)
    faulthandler.register(signal.SIGUSR1)  # `kill -USR1` writes what every thread is doing into the log
    _take_connections()
    app = create_app(settings, workers_ended=workers_ended)
    server = DrainingServer(server_config(traced(app), settings), app)
    _spare_collections()
    server.run(sockets=[bound])
    end_traces()
    if not server.started:
        raise click.ClickException("The API did not start; see the log above")


def _spare_collections() -> None:
    """Leave what the start has made out of garbage collections, and begin with them.

    Going through all code, schemas and routes takes a sixth of a second, in which nothing is answered.
    """
    gc.collect()
    gc.freeze()
    gc.enable()


def _take_connections() -> None:
    """Let as many connections be open as the machine allows this user: the usual 1024 are soon held by watchers."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))

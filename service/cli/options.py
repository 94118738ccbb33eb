"""Options that several commands share."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import click

Command = TypeVar("Command", bound=Callable[..., Any])

EXISTING = click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)
FOLDER = click.Path(path_type=Path, file_okay=False)


def _url(context: click.Context, option: click.Parameter, value: str | None) -> str | None:
    if not value:
        return None
    try:
        parts = urlsplit(value)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        good = False
    if not good:
        raise click.BadParameter(f"{value!r} is no address; write it as http://HOST:PORT or https://HOST")
    return value


def _key(context: click.Context, option: click.Parameter, value: str | None) -> str | None:
    if value and not (value.isascii() and value.isprintable() and " " not in value.strip()):
        raise click.BadParameter("this is no API key: it holds characters that none has")
    return value.strip() if value else None


def server_options(command: Command) -> Command:
    """Add `--server`, `--api-key` and `--retry-for` to a command that brings a service up where none is named."""
    return _options_of_server("Use this server [embedded, or TREMOR_SERVER].")(command)


def needed_server_options(command: Command) -> Command:
    """The same for a command about what is on a server; without one it is wrong usage."""
    return _options_of_server("The server; needed, here or as TREMOR_SERVER.")(command)


def _options_of_server(which: str) -> Callable[[Command], Command]:
    patience = click.option(
        "--retry-for",
        type=click.FloatRange(min=0),
        default=300.0,
        show_default=True,
        metavar="SECONDS",
        help="Outlast restarts, lost connections and full queues of the server for so long "
        "(at most 30 s before it has answered for the first time).",
    )
    key = click.option(
        "--api-key", envvar="TREMOR_API_KEY", callback=_key, help="For servers that ask for one [TREMOR_API_KEY]."
    )
    server = click.option(
        "--server",
        envvar="TREMOR_SERVER",
        metavar="URL",
        callback=_url,
        help=which,
    )
    return lambda command: server(key(patience(command)))


detach_option = click.option(
    "--detach", is_flag=True, help="Print the job's id and leave it to the server (needs --server)."
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print the result as JSON on standard output.")


def check_detach(detach: bool, server: str | None) -> None:
    """A service that ends with the command cannot be left with a job."""
    if detach and not server:
        raise click.UsageError("--detach needs --server: an embedded service ends with this command")

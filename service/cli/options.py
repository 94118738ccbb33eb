"""Options that several commands share."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])

EXISTING = click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)


def server_options(command: Command) -> Command:
    """Add `--server` and `--api-key`."""
    key = click.option("--api-key", envvar="TREMOR_API_KEY", help="For servers that ask for one [TREMOR_API_KEY].")
    server = click.option(
        "--server", envvar="TREMOR_SERVER", metavar="URL", help="Use this server [embedded, or TREMOR_SERVER]."
    )
    return server(key(command))

"""What commands have in common that look after things of a server."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

import click

from service.cli.client import Client
from service.cli.exits import interruptible
from service.cli.options import needed_server_options
from service.cli.session import connected

Command = Callable[..., None]


def of_server(things: str) -> Callable[[Command], Command]:
    """Give a command the options of a server, which it needs, and a `client` of it. `things`: what it looks after."""

    @contextmanager
    def client_of(server: str | None, api_key: str | None, retry_for: float) -> Iterator[Client]:
        if not server:
            raise click.UsageError(f"--server says where the {things} are")
        with interruptible(), connected(server, api_key, patience=retry_for) as client:
            yield client

    def decorated(command: Command) -> Command:
        @wraps(command)
        def called(*, server: str | None, api_key: str | None, retry_for: float, **own: Any) -> None:
            with client_of(server, api_key, retry_for) as client:
                command(client=client, **own)

        found: Command = needed_server_options(called)
        return found

    return decorated

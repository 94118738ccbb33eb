"""A client for the run of one command: of a given server, or of an embedded one that lives as long as the command."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from service.cli.client import Client
from service.cli.display import console


@contextmanager
def connected(server: str | None, api_key: str | None, data: Path | None = None) -> Iterator[Client]:
    """Yield a client; without `server`, bring a service up in `data` (default: a folder that is removed afterwards)."""
    if server:
        client = Client(server, api_key)
        try:
            yield client
        finally:
            client.close()
        return
    from service.embedded import EmbeddedService  # starts processes: imported only when needed

    with tempfile.TemporaryDirectory(prefix="tremor-") as folder:
        console.print("starting an embedded service …", highlight=False)
        with EmbeddedService(data or Path(folder)) as service:
            client = Client(service.url)
            try:
                yield client
            finally:
                client.close()

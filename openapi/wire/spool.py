"""Spools: files on their way to their place, each locked by the process that writes it.

The kernel frees a lock when its process ends, however it ends. What lies here unlocked was left by a process that was
killed in the middle of an upload or of a copy, and may go; what other living processes write into the same folder may
not.
"""

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from openapi.wire.private import private_folder

_PREFIX = "upload-"


@contextmanager
def spooled(folder: Path) -> Iterator[tuple[Path, IO[bytes]]]:
    """A new file to receive content, open for writing; it is locked inside the block, and gone after it.

    Whoever wants to keep the content renames (see `settle`) or copies the file inside the block.
    """
    private_folder(folder)
    path, file = _locked(folder)
    try:
        with file:
            yield path, file
    finally:
        path.unlink(missing_ok=True)


def settle(path: Path, file: IO[bytes], target: Path, mode: int, *, durable: bool = True) -> None:
    """Give a spooled file its place. A `durable` one is there whole or not at all after a loss of power too."""
    file.flush()
    if durable:
        os.fsync(file.fileno())
    private_folder(target.parent)
    path.chmod(mode)
    path.replace(target)


def _locked(folder: Path) -> tuple[Path, IO[bytes]]:
    while True:
        handle, name = tempfile.mkstemp(prefix=_PREFIX, dir=folder)
        path = Path(name)
        with suppress(OSError):  # a file system without locks: `sweep` cannot lock there either, and leaves all alone
            fcntl.flock(handle, fcntl.LOCK_EX)
        # A `sweep` of another process may have come between the two calls.
        if path.exists():
            return path, os.fdopen(handle, "wb")
        os.close(handle)


def sweep(folder: Path) -> int:
    """Remove the files that no living process receives; returns how many."""
    removed = 0
    for path in folder.glob(_PREFIX + "*"):
        with suppress(OSError), path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            path.unlink()
            removed += 1
    return removed

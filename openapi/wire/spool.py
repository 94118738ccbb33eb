"""The spool: uploads on their way to the store, each file locked by the process that receives it.

The kernel frees a lock when its process ends, however it ends. What lies here unlocked was left by a process that was
killed in the middle of an upload, and may go; what other living processes receive into the same folder may not.
"""

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

_PREFIX = "upload-"


@contextmanager
def spooled(folder: Path) -> Iterator[tuple[Path, IO[bytes]]]:
    """A new file to receive an upload, open for writing; it is locked inside the block, and gone after it.

    Whoever wants to keep the content renames or copies the file inside the block.
    """
    path, file = _locked(folder)
    try:
        with file:
            yield path, file
    finally:
        path.unlink(missing_ok=True)


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

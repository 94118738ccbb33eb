"""Temporary folders that belong to a process: whoever makes one removes those whose owners have died.

Each holds a file that its owner keeps locked. The kernel frees a lock when its process ends, however it ends.
"""

import fcntl
import os
import shutil
import tempfile
from contextlib import ExitStack, suppress
from pathlib import Path
from types import TracebackType
from typing import Self

_OWNER = ".owner"
#: Files that living processes keep locked in such a folder: its owner, and a service that has its data there.
_LOCKS = (_OWNER, "lock", "*/lock")


class OwnFolder:
    """A new folder below `parent` (default: the system's for temporary files), for this user alone, gone with `close`.

    `path` is absolute and without links.
    """

    def __init__(self, prefix: str, parent: Path | None = None) -> None:
        parent = parent or Path(tempfile.gettempdir())
        sweep(prefix, parent)
        while True:
            path = Path(tempfile.mkdtemp(prefix=prefix, dir=parent)).resolve()
            # A sweep of another process may come between any two of these calls: then again.
            with suppress(FileNotFoundError, BlockingIOError):
                handle = os.open(path / _OWNER, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
                try:
                    _lock(handle)
                    (path / _OWNER).lstat()
                except OSError:
                    os.close(handle)
                    raise
                self.path, self._handle = path, handle
                return

    def close(self) -> None:
        """Remove it."""
        shutil.rmtree(self.path, ignore_errors=True)
        os.close(self._handle)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def sweep(prefix: str, parent: Path) -> None:
    """Remove this user's folders of the name that no living process holds."""
    with suppress(OSError):
        for folder in parent.glob(prefix + "*"):
            with suppress(OSError):
                if not folder.is_symlink() and folder.is_dir() and folder.lstat().st_uid == os.geteuid():
                    _sweep_one(folder)


def _sweep_one(folder: Path) -> None:
    locks = [path for pattern in _LOCKS for path in folder.glob(pattern)]
    if not locks:
        folder.rmdir()  # its owner died, or is about to lock it: what is not empty stays
        return
    with ExitStack() as held:
        for path in locks:
            handle = os.open(path, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)
            held.callback(os.close, handle)
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(folder, ignore_errors=True)


def _lock(handle: int) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise
    except OSError:
        return  # a file system without locks: nobody can sweep there either

"""Files and folders for this user alone, whatever the umask says."""

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile


def private_folder(path: Path) -> Path:
    """Make a folder and what is missing above it, each with mode 0700; one that is there stays as it is."""
    missing = [folder for folder in (path, *path.parents) if not folder.exists()]
    for folder in reversed(missing):
        with suppress(FileExistsError):  # made by another process at this moment
            folder.mkdir()
            folder.chmod(0o700)
    if not path.is_dir():
        raise NotADirectoryError(f"{path} is no folder")
    return path


def private_file(path: Path) -> None:
    """Make an empty file with mode 0600 where there is none, and take others' rights from one that is there."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        if os.fstat(handle).st_uid == os.geteuid():
            os.fchmod(handle, 0o600)
    finally:
        os.close(handle)


def placed_once(path: Path, content: Callable[[], bytes]) -> None:
    """Write a file with mode 0600 unless it is there; of processes that do so together the quickest one's stays."""
    if path.exists():
        return
    private_folder(path.parent)
    with NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}-") as file:  # with mode 0600
        file.write(content())
        file.flush()
        os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(file.name, path)


def keep_private() -> None:
    """Have everything that this process and its children make be for this user alone."""
    os.umask(0o077)

"""A small disk of its own for a test: a real file system that can be filled, emptied and made read-only."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


class SmallDisk:
    """A file system in memory. `path` is where processes started with `enter` before their command find it.

    `outside` is the same folder for the test itself; the two differ where only a namespace of one's own may mount.
    """

    def __init__(self, path: Path, outside: Path, enter: list[str]) -> None:
        self.path, self.outside, self.enter = path, outside, enter
        self._filler = outside / "filler"

    def free(self) -> int:
        """Bytes that can still be written."""
        found = os.statvfs(self.outside)
        return found.f_bavail * found.f_frsize

    def fill(self, leave: int = 0) -> None:
        """Write until so many bytes are left; what others free meanwhile is taken too."""
        with suppress(OSError), self._filler.open("ab", buffering=0) as file:
            while (room := self.free() - leave) > 0:
                file.write(bytes(min(room, 2**20)))

    def empty(self) -> None:
        """Give back what `fill` has taken."""
        self._filler.unlink(missing_ok=True)


@contextmanager
def small_disk(path: Path, megabytes: int) -> Iterator[SmallDisk]:
    """Mount a file system of so many megabytes at `path`: as root, or else in a namespace of one's own."""
    path.mkdir(parents=True)
    options = ["-t", "tmpfs", "-o", f"size={megabytes}m,mode=0777", "tmpfs", str(path)]
    if os.geteuid() == 0 and subprocess.run(["mount", *options], capture_output=True, check=False).returncode == 0:
        try:
            yield SmallDisk(path, path, [])
        finally:
            # Lazily: what a test has failed to end may still be using it.
            subprocess.run(["umount", "--lazy", str(path)], check=True)
        return
    # Whoever may not mount here may do so in a namespace, which lives as long as this shell.
    holder = subprocess.Popen(
        [
            *("unshare", "--user", "--map-root-user", "--mount", "sh", "-c"),
            *('mount "$@" && echo mounted && read end', "sh", *options),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == b"mounted\n", "this machine lets nobody mount: run the tests as root"
    enter = ["nsenter", "--preserve-credentials", "--user", "--mount", "--target", str(holder.pid), "--"]
    try:
        yield SmallDisk(path, Path(f"/proc/{holder.pid}/root{path}"), enter)
    finally:
        holder.communicate()


@contextmanager
def read_only(path: Path) -> Iterator[None]:
    """Make a folder read-only for whoever opens something below it from now on. For root."""
    for options in (["--bind", str(path), str(path)], ["-o", "remount,bind,ro", str(path)]):
        subprocess.run(["mount", *options], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(path)], check=True)

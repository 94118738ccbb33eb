"""Clocks that jump: a library put before a process's own reads from a file by how much (see `clock.c`)."""

import os
import struct
import subprocess
import sys
from pathlib import Path

_SOURCE = Path(__file__).with_name("clock.c")


class Clocks:
    """The clocks of processes by name. The compiler comes from a wheel, so that every machine has it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._library = folder / "clock.so"
        command = [sys.executable, "-m", "ziglang", "cc", "-O1", "-Wall", "-Werror", "-shared", "-fPIC"]
        cache = {"ZIG_GLOBAL_CACHE_DIR": str(folder / "zig"), "ZIG_LOCAL_CACHE_DIR": str(folder / "zig")}
        subprocess.run(
            [*command, "-o", str(self._library), str(_SOURCE), "-ldl"],
            env={**os.environ, **cache},
            check=True,
            timeout=300,
        )

    def env(self, name: str) -> dict[str, str]:
        """What a process needs in its environment, so that its clock can be moved."""
        self.move(name, 0)
        return {"LD_PRELOAD": str(self._library), "CLOCK_OFFSET_FILE": str(self._file(name))}

    def move(self, name: str, seconds: int) -> None:
        """Put the clock of a process so many seconds before the true one (behind it when negative), at once."""
        path = self._file(name)
        with path.open("r+b" if path.exists() else "wb") as file:
            file.write(struct.pack("<q", seconds))

    def _file(self, name: str) -> Path:
        return self._folder / f"{name}.clock"

"""A folder outside every sandbox, with canaries: what a malicious file would read, change, or make."""

import os
import struct
from pathlib import Path


class Outside:
    """`folder` holds ``secret`` (to be read) and ``victim`` (to be overwritten); nobody may make ``written``.

    `numbers` are the four floats that the secret holds, so that a logit that equals one of them tells of a leak.
    """

    numbers = [424242.0, -31337.0, 987654.0, -555555.0]

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True)
        self.reset()

    def reset(self) -> None:
        """Put everything back as it was at the beginning."""
        for path in self.folder.iterdir():
            path.unlink()
        for name in ("secret", "victim"):
            (self.folder / name).write_bytes(struct.pack("<4f", *self.numbers))
            self._age(self.folder / name)
        self._expected = self._state()
        self._age(self.folder / "secret")

    @staticmethod
    def _age(path: Path) -> None:
        """Read long ago and changed since: then the next reading sets the time of access, also under relatime."""
        os.utime(path, (1_000_000, 2_000_000))

    def _state(self) -> dict[str, tuple[bytes, float]]:
        return {path.name: (path.read_bytes(), path.stat().st_mtime) for path in sorted(self.folder.iterdir())}

    def was_read(self) -> bool:
        """Whether anybody has read the secret, by its time of access. Ask before `check`, which reads it."""
        return (self.folder / "secret").stat().st_atime != 1_000_000

    def notices_reading(self) -> bool:
        """Whether this file system keeps times of access at all."""
        probe = self.folder / "probe"
        probe.write_bytes(b"x")
        self._age(probe)
        probe.read_bytes()
        noticed = probe.stat().st_atime != 1_000_000
        probe.unlink()
        return noticed

    def check(self) -> None:
        """Raise unless nothing has been changed or made here."""
        found = self._state()
        assert found == self._expected, f"outside was {self._expected} and is {found}"

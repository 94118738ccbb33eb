"""The files of the page, under addresses that change with any of them, so that a browser may keep them for good."""

from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

ROOT = Path(__file__).parent / "page"

MEDIA_TYPES = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
    ".txt": "text/plain",
    ".json": "application/json",
}

_Signature = tuple[tuple[str, int, int], ...]


@dataclass(frozen=True)
class Files:
    """What the folder holds: path below it, with slashes → bytes. version: of all of them together."""

    contents: dict[str, bytes]
    version: str

    def address(self, name: str) -> str:
        """Where a browser finds a file. Relative imports between modules lead to addresses of the same version."""
        if name not in self.contents:
            raise KeyError(name)
        return f"/ui/assets/{self.version}/{name}"


def files() -> Files:
    """The files as they are now: whoever edits one needs to load the page anew, and nothing else."""
    paths = sorted(path for path in ROOT.rglob("*") if path.suffix in MEDIA_TYPES)
    stats = [(path.relative_to(ROOT).as_posix(), path.stat()) for path in paths]
    return _read(tuple((name, stat.st_mtime_ns, stat.st_size) for name, stat in stats))


@lru_cache(maxsize=1)
def _read(signature: _Signature) -> Files:
    contents = {name: (ROOT / name).read_bytes() for name, _, _ in signature}
    digest = sha256()
    for name, data in contents.items():
        digest.update(name.encode() + b"\0" + sha256(data).digest())
    return Files(contents, digest.hexdigest()[:16])

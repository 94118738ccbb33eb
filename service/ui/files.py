"""The files of the page, under addresses that change with any of them, so that a browser may keep them for good."""

import re
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).parent / "page"

MEDIA_TYPES = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
    ".txt": "text/plain",
    ".json": "application/json",
}
#: How modules call the vendored ones → the file.
NAMED = {"preact": "vendor/preact.js", "preact/hooks": "vendor/hooks.js", "htm": "vendor/htm.js"}
#: The module that begins everything.
START = "start.js"

_IMPORT = re.compile(r'^(?:import|export|\}) ?(?:[^"\n;]* from )?"([^"\s]+)";$', re.MULTILINE)

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

    @cached_property
    def modules(self) -> tuple[str, ...]:
        """All modules that the first one needs, nearest first: a browser that is told them asks for all at once."""
        found = dict.fromkeys([START])
        for name in (waiting := [START]):
            for wanted in _IMPORT.findall(self.contents[name].decode()):
                path = NAMED.get(wanted) or _resolved(PurePosixPath(name).parent / wanted)
                if path not in found:
                    found[path] = None
                    waiting.append(path)
        return tuple(found)


def _resolved(path: PurePosixPath) -> str:
    """A path without its dots."""
    parts: list[str] = []
    for part in path.parts:
        if part == "..":
            parts.pop()
        else:
            parts.append(part)
    return "/".join(parts)


class _Folder:
    """The folder as it was read last."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._read: tuple[_Signature, Files] | None = None

    def now(self) -> Files:
        """As it is now."""
        paths = sorted(path for path in self._root.rglob("*") if path.suffix in MEDIA_TYPES)
        stats = [(path.relative_to(self._root).as_posix(), path.stat()) for path in paths]
        signature = tuple((name, stat.st_mtime_ns, stat.st_size) for name, stat in stats)
        if self._read is None or self._read[0] != signature:
            self._read = signature, self._files(signature)
        return self._read[1]

    def of(self, version: str) -> Files:
        """Of a version, which a document has told before: only where that is none that is known one looks again."""
        return self._read[1] if self._read is not None and self._read[1].version == version else self.now()

    def _files(self, signature: _Signature) -> Files:
        contents = {name: (self._root / name).read_bytes() for name, _, _ in signature}
        digest = sha256()
        for name, data in contents.items():
            digest.update(name.encode() + b"\0" + sha256(data).digest())
        return Files(contents, digest.hexdigest()[:16])


_PAGE = _Folder(ROOT)


def files() -> Files:
    """The files as they are now: whoever edits one needs to load the page anew, and nothing else."""
    return _PAGE.now()


def files_of(version: str) -> Files:
    """The files of a version that a document has named; those of now where it is another."""
    return _PAGE.of(version)

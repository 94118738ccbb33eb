"""All files of a hardening as one zip, written while it is sent."""

import io
import zipfile
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from openapi.wire.blobs import BlobStore

if TYPE_CHECKING:  # `collections.abc` has it from Python 3.12 on
    from typing_extensions import Buffer

#: Kinds of artifacts that go into it.
PACKED = ("checkpoint", "manifest", "log", "example", "card", "report")


@dataclass(frozen=True)
class Member:
    """A file of the zip."""

    name: str
    sha256: str
    size: int


def member(kind: str, name: str, sha256: str, size: int) -> Member:
    """An artifact as the zip has it: the model card is the folder's README, as the Hub has it.

    By itself it has a name of its own, so that fetching it into a folder overwrites nobody's README.
    """
    return Member("README.md" if kind == "card" else name, sha256, size)


class _Pipe(io.RawIOBase):
    """What `zipfile` writes, until it is taken; it cannot seek, so sizes follow the files."""

    def __init__(self) -> None:
        self._chunks: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: "Buffer") -> int:
        self._chunks.append(bytes(data))
        return len(self._chunks[-1])

    def take(self) -> bytes:
        """What was written since the last time."""
        taken = b"".join(self._chunks)
        self._chunks.clear()
        return taken


async def zipped(blobs: BlobStore, members: Sequence[Member]) -> AsyncIterator[bytes]:
    """The bytes of a zip, piece by piece: files as they are, dated 1980, so that equal files are equal zips."""
    pipe = _Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_STORED) as archive:
        for member in members:
            info = zipfile.ZipInfo(member.name)
            info.external_attr = 0o644 << 16
            with archive.open(info, "w", force_zip64=True) as file:
                async for chunk in await blobs.open_range(member.sha256, member.size):
                    file.write(chunk)
                    yield pipe.take()
    yield pipe.take()

"""Zip and tar behind one small interface: a checked list of plain files, and their bytes."""

import bz2
import gzip
import lzma
import shutil
import stat
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path, PurePosixPath
from typing import IO

from openapi.problems import DatasetMalformed, DatasetRejected
from workers.datasets.limits import DatasetLimits
from workers.zips import ZIP_ERRORS

_ERRORS = (*ZIP_ERRORS, tarfile.TarError)
#: Files that systems leave behind; they are passed over in silence.
_LITTER = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})


class Archive:
    """`files`: name → size of every plain file, in the archive's order; `read` returns one of them."""

    def __init__(self, files: dict[str, int], read: Callable[[str], bytes]) -> None:
        self.files, self._read = files, read

    def read(self, name: str) -> bytes:
        """Return the bytes of one file."""
        try:
            return self._read(name)
        except _ERRORS as error:
            raise DatasetMalformed(f"entry {name!r} cannot be read: {error}") from error


@contextmanager
def open_archive(path: Path, scratch: Path, limits: DatasetLimits) -> Iterator[Archive]:
    """Open a zip or tar (plain, or packed with gzip, bzip2 or xz) and check every entry's name, kind and size.

    A packed tar is unpacked once into `scratch`, up to the cap, so that its entries can be read in any order.
    Nothing is ever extracted by name. Raises `DatasetMalformed` or `DatasetRejected` naming the entry.
    """
    with ExitStack() as stack:
        try:
            archive = (
                _open_zip(path, stack, limits) if zipfile.is_zipfile(path) else _open_tar(path, scratch, stack, limits)
            )
        except _ERRORS as error:
            raise DatasetMalformed(f"the archive cannot be read: {error}") from error
        yield archive


def _open_zip(path: Path, stack: ExitStack, limits: DatasetLimits) -> Archive:
    archive = stack.enter_context(zipfile.ZipFile(path))
    return Archive(_zip_files(archive, limits), archive.read)


def _open_tar(path: Path, scratch: Path, stack: ExitStack, limits: DatasetLimits) -> Archive:
    plain = _unpacked(path, scratch, limits)
    tar = stack.enter_context(tarfile.TarFile(plain))  # plain tar only: never packed a second time
    members = _tar_members(tar, limits)

    def read(name: str) -> bytes:
        stream = tar.extractfile(members[name])
        if stream is None:
            raise tarfile.TarError("not a plain file")
        with stream:
            data = stream.read()
        if len(data) != members[name].size:
            raise tarfile.ReadError("the archive ends inside this entry")
        return data

    return Archive({name: member.size for name, member in members.items()}, read)


def _zip_files(archive: zipfile.ZipFile, limits: DatasetLimits) -> dict[str, int]:
    files: dict[str, int] = {}
    for info in archive.infolist():
        kind = stat.S_IFMT(info.external_attr >> 16)
        if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
            raise DatasetRejected(f"entry {info.filename!r} is a link or device; only plain files are accepted")
        if info.filename.endswith("/") or not _wanted(info.filename):
            continue
        if info.flag_bits & 1:
            raise DatasetRejected(f"entry {info.filename!r} is encrypted")
        limits.check_ratio(info.filename, info.compress_size, info.file_size)
        _add(files, info.filename, info.file_size, limits)
    return files


def _tar_members(tar: tarfile.TarFile, limits: DatasetLimits) -> dict[str, tarfile.TarInfo]:
    files: dict[str, int] = {}
    members: dict[str, tarfile.TarInfo] = {}
    for member in tar:
        if member.isdir():
            continue
        if not member.isreg() or member.issparse():
            raise DatasetRejected(
                f"entry {member.name!r} is a link, device or sparse file; only plain files are accepted"
            )
        if _wanted(member.name):
            name = member.name.removeprefix("./")
            _add(files, name, member.size, limits)
            members[name] = member
    tar.fileobj.seek(tar.offset)
    if tar.fileobj.read(512) != bytes(512):
        raise tarfile.ReadError("there is no end marker behind the last entry; was the file cut off?")
    return members


def _add(files: dict[str, int], name: str, size: int, limits: DatasetLimits) -> None:
    check_entry_name(name)
    if name in files:
        raise DatasetRejected(f"the archive holds {name!r} twice")
    if size > limits.entry_bytes:
        raise DatasetRejected(f"entry {name!r} is {size:,} bytes; at most {limits.entry_bytes:,} are accepted")
    files[name] = size
    if len(files) > limits.entries:
        raise DatasetRejected(f"the archive holds more than {limits.entries:,} files")


def check_entry_name(name: str) -> None:
    """Refuse names that would leave a folder, or that could mislead a reader of the error message."""
    parts = PurePosixPath(name).parts
    if not name or name.startswith("/") or ".." in parts or "\\" in name or ":" in name[:3] or not name.isprintable():
        raise DatasetRejected(f"entry {name[:120]!r} has an unsafe name; expected relative paths such as 'cat/001.png'")
    if len(name) > 1024:
        raise DatasetRejected(f"entry {name[:120]!r}… has a name of {len(name)} characters")


def _wanted(name: str) -> bool:
    parts = name.split("/")
    return parts[0] != "__MACOSX" and parts[-1] not in _LITTER and not parts[-1].startswith("._")


def _unpacked(path: Path, scratch: Path, limits: DatasetLimits) -> Path:
    """Return `path` when it is a plain tar, else a plain copy of it in `scratch`, never larger than the caps allow."""
    with path.open("rb") as stream:
        magic = stream.read(6)
    opener = _opener(magic)
    if opener is None:
        return path
    plain = scratch / "unpacked.tar"
    with opener(path) as source, plain.open("wb") as sink:
        while piece := source.read(1 << 20):
            sink.write(piece)
            limits.check_ratio(path.name, path.stat().st_size, sink.tell())
            if sink.tell() > limits.array_bytes:
                raise DatasetRejected(f"the archive unpacks to more than {limits.array_bytes:,} bytes")
            if shutil.disk_usage(scratch).free < 64 * 2**20:
                raise DatasetRejected("the archive unpacks to more than the disk holds")
    return plain


def _opener(magic: bytes) -> Callable[[Path], IO[bytes]] | None:
    if magic.startswith(b"\x1f\x8b"):
        return lambda path: gzip.open(path, "rb")  # type: ignore[return-value]
    if magic.startswith(b"BZh"):
        return lambda path: bz2.open(path, "rb")
    if magic.startswith(b"\xfd7zXZ"):
        return lambda path: lzma.open(path, "rb")
    return None

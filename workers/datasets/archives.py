"""Zip and tar behind one small interface: a checked list of plain files, and their bytes."""

import bz2
import gzip
import lzma
import shutil
import stat
import tarfile
import zipfile
from collections.abc import Callable, Collection, Iterator, Sized
from contextlib import ExitStack, contextmanager
from pathlib import Path, PurePosixPath
from typing import IO

from openapi.problems import DatasetMalformed, DatasetRejected
from workers.datasets.limits import DatasetLimits
from workers.zips import ZIP_ERRORS

_ERRORS = (*ZIP_ERRORS, tarfile.TarError)
#: Files and folders that systems leave behind; they are passed over in silence, as everything hidden is.
_LITTER = frozenset(
    {
        *("thumbs.db", "desktop.ini", "__macosx", "__pycache__", "@eadir"),
        *("$recycle.bin", "system volume information", "lost+found"),
    }
)
#: The icon of a folder on macOS, whose name ends in a carriage return.
_ICON = "Icon\r"


class Archive:
    """`files`: name → size of every plain file, in the archive's order; `read` returns one of them.

    Names have forward slashes, whatever system packed them. `folders`: the folders that have entries of their own.
    """

    def __init__(self, files: dict[str, int], folders: list[str], read: Callable[[str], bytes]) -> None:
        self.files, self.folders, self._read = files, folders, read

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
    members, folders = _zip_members(archive, limits)
    sizes = {name: info.file_size for name, info in members.items()}
    return Archive(sizes, folders, lambda name: archive.read(members[name]))


def _open_tar(path: Path, scratch: Path, stack: ExitStack, limits: DatasetLimits) -> Archive:
    plain = _unpacked(path, scratch, limits)
    tar = stack.enter_context(tarfile.TarFile(plain))  # plain tar only: never packed a second time
    members, folders = _tar_members(tar, limits)

    def read(name: str) -> bytes:
        stream = tar.extractfile(members[name])
        if stream is None:
            raise tarfile.TarError("not a plain file")
        with stream:
            data = stream.read()
        if len(data) != members[name].size:
            raise tarfile.ReadError("the archive ends inside this entry")
        return data

    return Archive({name: member.size for name, member in members.items()}, folders, read)


def _zip_members(archive: zipfile.ZipFile, limits: DatasetLimits) -> tuple[dict[str, zipfile.ZipInfo], list[str]]:
    members: dict[str, zipfile.ZipInfo] = {}
    folders: list[str] = []
    for info in archive.infolist():
        if PurePosixPath(info.filename).name == _ICON:
            continue
        kind = stat.S_IFMT(info.external_attr >> 16)
        if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
            raise DatasetRejected(f"entry {info.filename!r} is a link or device; only plain files are accepted")
        name = _entry_name(info.filename)
        if info.filename.endswith(("/", "\\")):
            _add_folder(folders, name, limits)
        elif _wanted(name):
            if info.flag_bits & 1:
                raise DatasetRejected(f"entry {info.filename!r} is encrypted")
            limits.check_ratio(name, info.compress_size, info.file_size)
            _check(members, name, info.file_size, limits)
            members[name] = info
    return members, folders


def _tar_members(tar: tarfile.TarFile, limits: DatasetLimits) -> tuple[dict[str, tarfile.TarInfo], list[str]]:
    members: dict[str, tarfile.TarInfo] = {}
    folders: list[str] = []
    for member in tar:
        if PurePosixPath(member.name).name == _ICON:
            continue
        if not (member.isdir() or member.isreg()) or member.issparse():
            raise DatasetRejected(
                f"entry {member.name!r} is a link, device or sparse file; only plain files are accepted"
            )
        name = _entry_name(member.name)
        if member.isdir():
            _add_folder(folders, name, limits)
        elif _wanted(name):
            _check(members, name, member.size, limits)
            members[name] = member
    tar.fileobj.seek(tar.offset)
    if tar.fileobj.read(512) != bytes(512):
        raise tarfile.ReadError("there is no end marker behind the last entry; was the file cut off?")
    return members, folders


def _check(members: Collection[str], name: str, size: int, limits: DatasetLimits) -> None:
    if name in members:
        raise DatasetRejected(f"the archive holds {name!r} twice")
    if size > limits.entry_bytes:
        raise DatasetRejected(f"entry {name!r} is {size:,} bytes; at most {limits.entry_bytes:,} are accepted")
    _check_count(members, limits)


def _check_count(seen: Sized, limits: DatasetLimits) -> None:
    if len(seen) >= limits.entries:
        raise DatasetRejected(f"the archive holds more than {limits.entries:,} files")


def _add_folder(folders: list[str], name: str, limits: DatasetLimits) -> None:
    if name and _wanted(name):
        _check_count(folders, limits)
        folders.append(name)


def _entry_name(raw: str) -> str:
    """The name with forward slashes and without `./`; Windows' packers write backslashes."""
    name = raw.replace("\\", "/")
    if name.rstrip("/"):
        check_entry_name(name.rstrip("/"))
    return "/".join(part for part in name.split("/") if part not in ("", "."))


def check_entry_name(name: str) -> None:
    """Refuse names that would leave a folder, or that could mislead a reader of the error message."""
    parts = PurePosixPath(name).parts
    if not name or name.startswith("/") or ".." in parts or ":" in name[:3] or not name.isprintable():
        raise DatasetRejected(f"entry {name[:120]!r} has an unsafe name; expected relative paths such as 'cat/001.png'")
    if len(name) > 1024:
        raise DatasetRejected(f"entry {name[:120]!r}… has a name of {len(name)} characters")


def _wanted(name: str) -> bool:
    return not any(part.lower() in _LITTER or part.startswith(".") for part in name.split("/"))


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

"""Opens a TorchScript archive as an untrusted zip: sizes, ratios, names and structure before any content."""

import zipfile
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from openapi.problems import ModelMalformed, ModelUnsafe
from workers.zips import ZIP_ERRORS

MAX_ENTRIES = 50_000
MAX_TOTAL = 8 * 2**30
MAX_RATIO = 200.0
MAX_SOURCE = 64 * 2**20
MAX_PICKLE = 64 * 2**20
_COMPRESSION = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


#: Name of the extra file in which a program that no trace recorded says what it takes.
INPUT_NOTE = "input.json"


@dataclass
class Archive:
    """A checked archive: its entries by their path below the root folder, sources and pickles in memory."""

    root: str
    sizes: dict[str, int]
    sources: dict[str, bytes] = field(default_factory=dict)
    pickles: dict[str, bytes] = field(default_factory=dict)
    version: str = ""
    #: What our own writer notes beside the program: ``{"shape": …}`` of one image, as the file takes it.
    noted: bytes = b""


def is_zip(path: Path) -> bool:
    """Whether the file begins like a zip archive."""
    with path.open("rb") as file:
        return file.read(4) in (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")


def entries(path: Path) -> list[zipfile.ZipInfo]:
    """List the entries of an archive after checking what a zip can do: bombs, traversal, links, duplicates.

    Raises `ModelMalformed` for what is no zip, `ModelUnsafe` for the rest, naming the entry.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            infos = archive.infolist()
    except ZIP_ERRORS as error:
        raise ModelMalformed(f"the archive is damaged: {error}") from error
    if len(infos) > MAX_ENTRIES:
        raise ModelUnsafe(f"the archive has {len(infos)} entries; {MAX_ENTRIES} are allowed")
    seen: set[str] = set()
    total = 0
    size = path.stat().st_size
    for info in infos:
        name = info.filename
        parts = PurePosixPath(name).parts
        if name.startswith(("/", "\\")) or ".." in parts or "\\" in name or "\0" in name or ":" in parts[:1]:
            raise ModelUnsafe(f"entry {name!r} points outside the archive", entry=name)
        if (info.external_attr >> 16) & 0o170000 == 0o120000:
            raise ModelUnsafe(f"entry {name!r} is a symbolic link", entry=name)
        if name in seen:
            raise ModelUnsafe(f"entry {name!r} occurs twice", entry=name)
        if info.flag_bits & 0x1:
            raise ModelUnsafe(f"entry {name!r} is encrypted", entry=name)
        if info.compress_type not in _COMPRESSION:
            raise ModelUnsafe(f"entry {name!r} is compressed by method {info.compress_type}", entry=name)
        if info.header_offset + info.compress_size > size:
            raise ModelMalformed(f"entry {name!r} lies beyond the end of the file", entry=name)
        if info.file_size > MAX_RATIO * max(info.compress_size, 1) + 4096:
            raise ModelUnsafe(
                f"entry {name!r} inflates {info.file_size / max(info.compress_size, 1):.0f} times", entry=name
            )
        seen.add(name)
        total += info.file_size
    if total > MAX_TOTAL or total > MAX_RATIO * size + 2**20:
        raise ModelUnsafe(f"the archive inflates to {total} bytes")
    return infos


def open_archive(path: Path) -> Archive:
    """Read a TorchScript archive's sources and pickles; the tensors stay on disk.

    Raises `ModelMalformed` when it is damaged or no TorchScript.
    """
    infos = entries(path)
    roots = {PurePosixPath(info.filename).parts[0] for info in infos if "/" in info.filename}
    if len(roots) != 1 or any("/" not in info.filename for info in infos):
        raise ModelMalformed("a TorchScript archive has one top folder; this one is of another kind")
    root = roots.pop()
    names = {info.filename.removeprefix(root + "/"): info for info in infos}
    archive = Archive(root, {name: info.file_size for name, info in names.items()})
    if "data.pkl" not in names or not any(name.startswith("code/") for name in names):
        raise ModelMalformed(_other_kind(set(names)))
    sources = sum(info.file_size for name, info in names.items() if name.endswith(".py"))
    pickled = sum(info.file_size for name, info in names.items() if name.endswith("pkl"))
    if sources > MAX_SOURCE or pickled > MAX_PICKLE:
        raise ModelUnsafe(f"the archive holds {sources + pickled} bytes of code and structure")
    try:
        with zipfile.ZipFile(path) as opened:
            for name, info in names.items():
                if name.endswith((".py", "pkl")):
                    content = opened.read(info)
                    (archive.sources if name.endswith(".py") else archive.pickles)[name] = content
                elif name in {"version", ".data/version"} and info.file_size < 64:
                    archive.version = opened.read(info).decode("ascii", "replace").strip()
                elif name == f"extra/{INPUT_NOTE}" and info.file_size < 1024:
                    archive.noted = opened.read(info)
                elif name.startswith("code/") and not name.endswith("/"):
                    raise ModelUnsafe(f"entry {info.filename!r} is neither source nor debug table", entry=info.filename)
    except ZIP_ERRORS as error:
        raise ModelMalformed(f"the archive is damaged: {error}") from error
    return archive


def _other_kind(names: set[str]) -> str:
    if "model.json" in names:
        return "this TorchScript file was saved by torch 1.3 or older; load and save it again with a newer torch"
    if "data.pkl" in names:
        return (
            "this is a torch.save checkpoint (weights or a pickled module), not a TorchScript program; "
            "save the model with torch.jit.trace or torch.jit.script and torch.jit.save, or as ONNX"
        )
    return "this zip archive is not a TorchScript program: it lacks data.pkl and code/"

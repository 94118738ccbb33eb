"""Mutations of zip archives: the entries are taken out, changed, and packed again with right checksums."""

import io
import re
import stat
import warnings
import zipfile
from collections.abc import Sequence
from random import Random

from tests.tools.fuzz.mutations.raw import NAMES, NUMBERS, bomb, bytes_
from tests.tools.fuzz.seeds import Seed


def _entries(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _pack(entries: Sequence[tuple[str | zipfile.ZipInfo, bytes]], method: int = zipfile.ZIP_STORED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name, content in entries:
            archive.writestr(name if isinstance(name, zipfile.ZipInfo) else zipfile.ZipInfo(name), content, method)
    return buffer.getvalue()


def zip_content(data: bytes, others: Sequence[Seed], rng: Random) -> bytes:
    """The content of an entry: bytes anywhere, words and numbers of sources, headers of arrays."""
    entries = _entries(data)
    name = rng.choice([name for name, content in entries.items() if content])
    entries[name] = _inner(name, entries[name], others, rng)
    return _pack(list(entries.items()), rng.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)))


def _inner(name: str, content: bytes, others: Sequence[Seed], rng: Random) -> bytes:
    if name.endswith((".py", ".json", ".csv")) and rng.random() < 0.8:
        return _words(content, rng)
    if name.endswith(".npy") and rng.random() < 0.7:
        return _npy_header(content, rng)
    return bytes_(content, others, rng)


def _words(content: bytes, rng: Random) -> bytes:
    """Swap, repeat, drop or replace words and numbers of a text."""
    parts = re.split(rb"(\w+)", content)
    at = rng.randrange(0, len(parts) // 2) * 2 + 1
    how = rng.randrange(5)
    if how == 0:
        parts[at] = parts[rng.randrange(0, len(parts) // 2) * 2 + 1]
    elif how == 1:
        parts[at] = str(rng.choice(NUMBERS)).encode()
    elif how == 2:
        del parts[at : at + rng.randrange(1, 12)]
    elif how == 3:
        parts[at:at] = parts[at : at + rng.randrange(2, 40)]
    else:
        word = rng.choice((b"save", b"from_file", b"torch", b"while True", b"None", b"1e400", b"__class__", b"\xff"))
        parts[at] = word
    return b"".join(parts)


def _npy_header(content: bytes, rng: Random) -> bytes:
    header, rest = content[10 : 10 + content[8] + 256 * content[9]], content[10 + content[8] + 256 * content[9] :]
    number = str(rng.choice(NUMBERS)).encode()
    how = rng.randrange(5)
    if how == 0:
        header = re.sub(rb"\d+(?=[,)])", number, header, count=1)
    elif how == 1:
        header = re.sub(
            rb"'descr': '[^']*'", b"'descr': '" + rng.choice((b"|O", b"<U4", b">f8", b"<c16", b"V0")) + b"'", header
        )
    elif how == 2:
        header = header.replace(b"False", rng.choice((b"True", b"None", b"__import__('os')", b"[]")))
    elif how == 3:
        header = re.sub(rb"\([^)]*\)", rng.choice((b"()", b"(-1,)", b"(2, 2)", b"(0, 0, 0, 0)", b"7")), header)
    else:
        header = _words(header, rng)
    return content[:8] + len(header).to_bytes(2, "little") + header + rest


def zip_names(data: bytes, others: Sequence[Seed], rng: Random) -> bytes:
    """Entries renamed, exchanged, doubled, dropped, turned into links."""
    entries: list[tuple[str | zipfile.ZipInfo, bytes]] = list(_entries(data).items())
    at, how = rng.randrange(len(entries)), rng.randrange(6)
    name, content = entries[at]
    if how == 0:
        entries[at] = (rng.choice(NAMES) or "x", content)
    elif how == 1:
        other = rng.randrange(len(entries))
        entries[at], entries[other] = (name, entries[other][1]), (entries[other][0], content)
    elif how == 2:
        entries.append((name, rng.choice(entries)[1]))
    elif how == 3:
        del entries[at]
    elif how == 4:
        link = zipfile.ZipInfo(str(name))
        link.external_attr = (rng.choice((stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR, stat.S_IFDIR)) | 0o777) << 16
        entries[at] = (link, b"/etc/passwd")
    else:
        prefix = str(name).partition("/")[0]
        entries.append((f"{prefix}/{rng.choice(NAMES) or 'x'}", rng.choice(entries)[1]))
    return _pack(entries)


def zip_bomb(data: bytes, others: Sequence[Seed], rng: Random) -> bytes:
    entries: list[tuple[str | zipfile.ZipInfo, bytes]] = list(_entries(data).items())
    at = rng.randrange(len(entries))
    entries[at] = (entries[at][0], entries[at][1] + bytes(bomb(rng)))
    return _pack(entries, zipfile.ZIP_DEFLATED)


def zip_headers(data: bytes, others: Sequence[Seed], rng: Random) -> bytes:
    """A wrong number in a local header, in the directory, or at the end: sizes, offsets, methods, flags, counts."""
    changed = bytearray(data)
    magic, length = rng.choice(((b"PK\x03\x04", 30), (b"PK\x01\x02", 46), (b"PK\x05\x06", 22)))
    places = [match.start() for match in re.finditer(re.escape(magic), data)]
    at = rng.choice(places) + rng.randrange(4, length - 3)
    width = rng.choice((1, 2, 4))
    changed[at : at + width] = (rng.choice(NUMBERS) % 2 ** (8 * width)).to_bytes(width, "little")
    return bytes(changed)

"""Mutations of tar archives, plain and packed."""

import gzip
import io
import lzma
import tarfile
from collections.abc import Sequence
from random import Random

from tests.tools.fuzz.mutations.raw import NAMES, NUMBERS, bomb, bytes_
from tests.tools.fuzz.seeds import Seed, tarred


def tar_members(data: bytes, others: Sequence[Seed], rng: Random) -> bytes:
    """Members renamed, turned into links and devices, with lying sizes, or with changed content."""
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        members = [(info, (archive.extractfile(info) or io.BytesIO()).read()) for info in archive]
    at, how, buffer = rng.randrange(len(members)), rng.randrange(5), io.BytesIO()
    info, content = members[at]
    if how == 0:
        info.name = rng.choice(NAMES) or "x"
    elif how == 1:
        info.type = rng.choice((tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE, b"S", b"?"))
        info.linkname, info.size, members[at] = rng.choice(NAMES), 0, (info, b"")
    elif how == 2:
        members.append((info, content))
    elif how == 3:
        members[at] = (info, content := bytes_(content, others, rng))
        info.size = len(content)
    else:
        info.pax_headers = {"size": str(rng.choice(NUMBERS)), "path": rng.choice(NAMES), "GNU.sparse.major": "1"}
    with tarfile.open(fileobj=buffer, mode="w", format=rng.choice((tarfile.PAX_FORMAT, tarfile.GNU_FORMAT))) as made:
        for info, content in members:
            made.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


def tar_header(data: bytes, others: Sequence[Seed], rng: Random) -> bytes:
    """A changed header field with a right checksum."""
    changed = bytearray(data)
    at = rng.randrange(len(data) // 512) * 512
    field, width = rng.choice(((124, 12), (100, 8), (156, 1), (257, 6), (345, 155), (0, 100)))
    changed[at + field : at + field + width] = (rng.choice((b"7" * width, b"\xff" * width, b"\0" * width, b"-1")) * 2)[
        :width
    ]
    changed[at + 148 : at + 156] = b" " * 8
    changed[at + 148 : at + 156] = b"%06o\0 " % sum(changed[at : at + 512])
    return bytes(changed)


def _gzip(data: bytes) -> bytes:
    return gzip.compress(data, mtime=0)


def repacked(data: bytes, others: Sequence[Seed], rng: Random) -> bytes:
    """What lies inside a packed tar, changed and packed again."""
    pack, unpack = (_gzip, gzip.decompress) if data[:1] == b"\x1f" else (lzma.compress, lzma.decompress)
    plain = unpack(data)
    how = rng.randrange(4)
    if how == 3:
        return pack(tarred({"a/0.png": bytes(bomb(rng)), "b/0.png": b""}))
    return pack((tar_members, tar_header, bytes_)[how](plain, others, rng))

"""Mutations of valid uploads: of bytes, of a zip's or tar's entries, of an ONNX graph, of what is written in them.

Every mutation is a function of the seed and of a `random.Random`: the same number gives the same file.
"""

import gzip
import io
import lzma
import re
import stat
import tarfile
import warnings
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

import onnx

from tests.fuzz.seeds import Seed, tarred

#: Numbers that parsers get wrong.
_NUMBERS = (
    0,
    1,
    -1,
    2,
    127,
    128,
    255,
    256,
    65535,
    65536,
    2**31 - 1,
    2**31,
    2**32 - 1,
    2**32,
    2**40,
    2**63 - 1,
    -(2**63),
)
_NAMES = (
    "../up",
    "/etc/passwd",
    "a/../../b",
    "",
    ".",
    "\\\\x\\y",
    "C:x",
    "a\n",
    "ä\u202e",
    "x" * 2000,
    "a/" * 300,
    "con\x7f",
)
_BYTES = (0, 0xFF, 0x7F, 0x80)


@dataclass(frozen=True)
class Mutant:
    """A file to upload, and how it was made."""

    seed: Seed
    how: str
    data: bytes


def mutate(seed: Seed, others: Sequence[Seed], rng: Random) -> Mutant:
    """One to three mutations of a seed; a fifth of all are of bytes alone."""
    deep = _DEEP[seed.container]
    data, how = seed.data, []
    for _ in range(rng.choice((1, 1, 2, 3))):
        change = rng.choice(deep) if rng.random() < 0.8 else _bytes
        try:
            data = change(data, others, rng)
            how.append(change.__name__.strip("_"))
        except Exception:  # what an earlier mutation broke cannot be changed by its structure any more
            data = _bytes(data, others, rng)
            how.append("bytes")
    return Mutant(seed, "+".join(how), data or b"\0")


# Bytes


def _bytes(data: bytes, others: Sequence[Seed], rng: Random) -> bytes:
    """One to eight small changes, or one large one."""
    if rng.random() < 0.15:
        return data[: rng.randrange(len(data) + 1)]
    if rng.random() < 0.15:
        other = rng.choice(others).data
        return data[: rng.randrange(len(data) + 1)] + other[rng.randrange(len(other)) :]
    changed = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 8))):
        _one_change(changed, rng)
    return bytes(changed)


def _one_change(data: bytearray, rng: Random) -> None:
    at, how = rng.randrange(len(data) + 1), rng.randrange(6)
    if how == 0 and at < len(data):
        data[at] ^= 1 << rng.randrange(8)
    elif how == 1 and at < len(data):
        data[at] = rng.choice(_BYTES)
    elif how == 2:
        del data[at : at + rng.randrange(1, 40)]
    elif how == 3:
        data[at:at] = rng.randbytes(rng.randrange(1, 40))
    elif how == 4:
        length = rng.choice((4, 8))
        data[at : at + length] = (rng.choice(_NUMBERS) % 2 ** (8 * length)).to_bytes(length, "little")
    else:
        data[at:at] = data[at : at + rng.randrange(1, 200)]


def _bomb(rng: Random) -> int:
    """Bytes of zeros to pack; the largest is rare, for its making takes longer than its refusal."""
    return 2 * 10**7 if rng.random() < 0.02 else rng.choice((10**5, 10**6))


# Zip archives: the entries are taken out, changed, and packed again with right checksums


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


def _zip_content(data: bytes, others: Sequence[Seed], rng: Random) -> bytes:
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
    return _bytes(content, others, rng)


def _words(content: bytes, rng: Random) -> bytes:
    """Swap, repeat, drop or replace words and numbers of a text."""
    parts = re.split(rb"(\w+)", content)
    at = rng.randrange(0, len(parts) // 2) * 2 + 1
    how = rng.randrange(5)
    if how == 0:
        parts[at] = parts[rng.randrange(0, len(parts) // 2) * 2 + 1]
    elif how == 1:
        parts[at] = str(rng.choice(_NUMBERS)).encode()
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
    number = str(rng.choice(_NUMBERS)).encode()
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


def _zip_names(data: bytes, others: Sequence[Seed], rng: Random) -> bytes:
    """Entries renamed, exchanged, doubled, dropped, turned into links."""
    entries: list[tuple[str | zipfile.ZipInfo, bytes]] = list(_entries(data).items())
    at, how = rng.randrange(len(entries)), rng.randrange(6)
    name, content = entries[at]
    if how == 0:
        entries[at] = (rng.choice(_NAMES) or "x", content)
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
        entries.append((f"{prefix}/{rng.choice(_NAMES) or 'x'}", rng.choice(entries)[1]))
    return _pack(entries)


def _zip_bomb(data: bytes, others: Sequence[Seed], rng: Random) -> bytes:
    entries: list[tuple[str | zipfile.ZipInfo, bytes]] = list(_entries(data).items())
    at = rng.randrange(len(entries))
    entries[at] = (entries[at][0], entries[at][1] + bytes(_bomb(rng)))
    return _pack(entries, zipfile.ZIP_DEFLATED)


def _zip_headers(data: bytes, others: Sequence[Seed], rng: Random) -> bytes:
    """A wrong number in a local header, in the directory, or at the end: sizes, offsets, methods, flags, counts."""
    changed = bytearray(data)
    magic, length = rng.choice(((b"PK\x03\x04", 30), (b"PK\x01\x02", 46), (b"PK\x05\x06", 22)))
    places = [match.start() for match in re.finditer(re.escape(magic), data)]
    at = rng.choice(places) + rng.randrange(4, length - 3)
    width = rng.choice((1, 2, 4))
    changed[at : at + width] = (rng.choice(_NUMBERS) % 2 ** (8 * width)).to_bytes(width, "little")
    return bytes(changed)


# Tar archives


def _tar_members(data: bytes, others: Sequence[Seed], rng: Random) -> bytes:
    """Members renamed, turned into links and devices, with lying sizes, or with changed content."""
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        members = [(info, (archive.extractfile(info) or io.BytesIO()).read()) for info in archive]
    at, how, buffer = rng.randrange(len(members)), rng.randrange(5), io.BytesIO()
    info, content = members[at]
    if how == 0:
        info.name = rng.choice(_NAMES) or "x"
    elif how == 1:
        info.type = rng.choice((tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE, b"S", b"?"))
        info.linkname, info.size, members[at] = rng.choice(_NAMES), 0, (info, b"")
    elif how == 2:
        members.append((info, content))
    elif how == 3:
        members[at] = (info, content := _bytes(content, others, rng))
        info.size = len(content)
    else:
        info.pax_headers = {"size": str(rng.choice(_NUMBERS)), "path": rng.choice(_NAMES), "GNU.sparse.major": "1"}
    with tarfile.open(fileobj=buffer, mode="w", format=rng.choice((tarfile.PAX_FORMAT, tarfile.GNU_FORMAT))) as made:
        for info, content in members:
            made.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


def _tar_header(data: bytes, others: Sequence[Seed], rng: Random) -> bytes:
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


def _repacked(data: bytes, others: Sequence[Seed], rng: Random) -> bytes:
    """What lies inside a packed tar, changed and packed again."""
    pack, unpack = (_gzip, gzip.decompress) if data[:1] == b"\x1f" else (lzma.compress, lzma.decompress)
    plain = unpack(data)
    how = rng.randrange(4)
    if how == 3:
        return pack(tarred({"a/0.png": bytes(_bomb(rng)), "b/0.png": b""}))
    return pack((_tar_members, _tar_header, _bytes)[how](plain, others, rng))


# ONNX


def _onnx(data: bytes, others: Sequence[Seed], rng: Random) -> bytes:
    """One change of the graph by its meaning."""
    model = onnx.ModelProto.FromString(data)
    change = rng.choice((_onnx_node, _onnx_node, _onnx_wires, _onnx_tensor, _onnx_attribute, _onnx_head))
    change(model, rng)
    return bytes(model.SerializeToString())


def _onnx_node(model: onnx.ModelProto, rng: Random) -> None:
    nodes = model.graph.node
    node, how = rng.choice(nodes), rng.randrange(5)
    if how == 0:
        node.op_type = rng.choice(sorted({schema.name for schema in onnx.defs.get_all_schemas()}))
    elif how == 1:
        nodes.remove(node)
    elif how == 2:
        nodes.add().CopyFrom(node)
    elif how == 3:
        node.domain = rng.choice(("", "f", "ai.onnx.ml", "com.microsoft", "evil"))
    else:
        other = rng.choice(nodes)
        node.op_type, other.op_type = other.op_type, node.op_type


def _onnx_wires(model: onnx.ModelProto, rng: Random) -> None:
    names = [name for node in model.graph.node for name in [*node.input, *node.output]]
    node = rng.choice(model.graph.node)
    wires = rng.choice([wires for wires in (node.input, node.output) if wires])
    if rng.random() < 0.2:
        del wires[rng.randrange(len(wires))]
    else:
        wires[rng.randrange(len(wires))] = rng.choice([*names, "", "nowhere"])


def _onnx_tensor(model: onnx.ModelProto, rng: Random) -> None:
    tensor, how = rng.choice(model.graph.initializer), rng.randrange(6)
    if how == 0 and tensor.dims:
        tensor.dims[rng.randrange(len(tensor.dims))] = rng.choice(_NUMBERS[:-1])
    elif how == 1:
        tensor.data_type = rng.randrange(0, 26)
    elif how == 2:
        tensor.raw_data = (
            _bytes(tensor.raw_data or b"\0", (), rng) if rng.random() < 0.5 else rng.randbytes(len(tensor.raw_data))
        )
    elif how == 3:
        tensor.data_location = onnx.TensorProto.EXTERNAL
        tensor.external_data.add(key="location", value=rng.choice(_NAMES))
    elif how == 4:
        tensor.dims.append(rng.choice(_NUMBERS[:-1]))
    else:
        tensor.name = rng.choice([other.name for other in model.graph.initializer])


def _onnx_attribute(model: onnx.ModelProto, rng: Random) -> None:
    attributes = [attribute for node in model.graph.node for attribute in node.attribute]
    if not attributes or rng.random() < 0.3:
        node = rng.choice(model.graph.node)
        node.attribute.add(
            name=rng.choice(("axis", "pads", "group", "x")), type=onnx.AttributeProto.INT, i=rng.choice(_NUMBERS)
        )
        return
    attribute = rng.choice(attributes)
    if attribute.ints and rng.random() < 0.7:
        attribute.ints[rng.randrange(len(attribute.ints))] = rng.choice(_NUMBERS)
    elif rng.random() < 0.5:
        attribute.i, attribute.f = rng.choice(_NUMBERS), float(rng.choice(_NUMBERS))
    else:
        attribute.name = rng.choice([other.name for other in attributes])


def _onnx_head(model: onnx.ModelProto, rng: Random) -> None:
    how = rng.randrange(5)
    if how == 0:
        model.ir_version = rng.choice(_NUMBERS)
    elif how == 1:
        model.opset_import[0].version = rng.choice((*range(1, 26), *_NUMBERS))
    elif how == 2:
        model.opset_import.add(domain=rng.choice(("", "ai.onnx", "evil")), version=rng.randrange(20))
    elif how == 3:
        dims = model.graph.input[0].type.tensor_type.shape.dim
        dims[rng.randrange(len(dims))].dim_value = rng.choice(_NUMBERS)
    else:
        model.graph.input[0].type.tensor_type.elem_type = rng.randrange(0, 24)


# Parquet


def _parquet_footer(data: bytes, others: Sequence[Seed], rng: Random) -> bytes:
    """A change inside the footer, where the schema and the offsets are."""
    length = int.from_bytes(data[-8:-4], "little")
    footer = bytearray(data[-8 - length : -8])
    for _ in range(rng.choice((1, 2, 4))):
        _one_change(footer, rng)
    stated = len(footer) if rng.random() < 0.9 else rng.choice(_NUMBERS) % 2**32
    return data[: -8 - length] + bytes(footer) + stated.to_bytes(4, "little") + b"PAR1"


def _parquet_pages(data: bytes, others: Sequence[Seed], rng: Random) -> bytes:
    """A change in the pages: the footer stays right."""
    length = int.from_bytes(data[-8:-4], "little")
    pages = bytearray(data[4 : -8 - length])
    for _ in range(rng.choice((1, 2, 8))):
        pages[rng.randrange(len(pages))] = rng.choice((*_BYTES, rng.randrange(256)))
    return data[:4] + bytes(pages) + data[-8 - length :]


_Change = Callable[[bytes, Sequence[Seed], Random], bytes]
_ZIP: tuple[_Change, ...] = (_zip_content, _zip_content, _zip_content, _zip_names, _zip_headers, _zip_bomb)
_DEEP: dict[Any, tuple[_Change, ...]] = {
    "zip": _ZIP,
    "tar": (_tar_members, _tar_header),
    "packed": (_repacked,),
    "onnx": (_onnx,),
    "parquet": (_parquet_footer, _parquet_pages),
}

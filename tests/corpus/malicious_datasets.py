"""Data sets that were made to hurt."""

import io
import stat
import struct
import tarfile
import zipfile
import zlib
from pathlib import Path
from random import Random

import numpy as np

from tests.corpus.malice import Malice, Payload, listing
from tests.corpus.torchscript import with_entries
from tests.tools.fuzz.seeds import folders, npz, picture, tarred, zipped

FILES: list[Malice] = []
_listed = listing(FILES, "datasets")


@_listed("dataset-rejected", "pickled Python objects")
def npz_pickle_payload(outside: Path) -> bytes:
    """An array of objects: a pickle that runs a shell command."""
    objects, buffer = np.empty(2, dtype=object), io.BytesIO()
    objects[:] = [Payload(outside), Payload(outside)]
    np.savez(buffer, x=objects, y=np.zeros(2, np.int64))
    return buffer.getvalue()


@_listed("dataset-rejected", "bomb")
def npz_bomb(outside: Path) -> bytes:
    """50 MB of zeros in 50 kB, as images."""
    buffer = io.BytesIO()
    np.savez_compressed(buffer, x=np.zeros((50, 1, 1000, 1000), np.uint8), y=np.zeros(50, np.int64))
    return buffer.getvalue()


@_listed("dataset-rejected|dataset-malformed", "declares|bytes")
def npz_four_terabytes(outside: Path) -> bytes:
    """A header that declares 4 TB of images."""
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        header, {"descr": "|u1", "fortran_order": False, "shape": (2**20, 1, 2048, 2048)}
    )
    good = npz(packed=False)
    with zipfile.ZipFile(io.BytesIO(good)) as archive:
        y = archive.read("y.npy")
    return zipped({"x.npy": header.getvalue() + b"x", "y.npy": y})


@_listed("dataset-rejected", "unsafe name")
def zip_traversal(outside: Path) -> bytes:
    """An image whose name leads to a file outside."""
    return zipped(folders() | {"a/../../../../../../.." + str(outside / "written"): picture(np.zeros((4, 4)))})


@_listed("dataset-rejected", "link or device")
def zip_symlink(outside: Path) -> bytes:
    """An image that is a link to a file outside."""
    link = zipfile.ZipInfo("a/9.png")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    return with_entries(zipped(folders()), [(link, str(outside / "secret").encode())])


@_listed("dataset-rejected", "link, device")
def tar_symlink(outside: Path) -> bytes:
    """The same in a tar, where links are usual, and a hard link to the file to be overwritten."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, kind, target in (("a/9.png", tarfile.SYMTYPE, "secret"), ("b/9.png", tarfile.LNKTYPE, "victim")):
            link = tarfile.TarInfo(name)
            link.type, link.linkname = kind, str(outside / target)
            archive.addfile(link)
    return buffer.getvalue()


@_listed("dataset-rejected", "unsafe name")
def tar_traversal(outside: Path) -> bytes:
    """A member whose name is a path of the machine."""
    return tarred(folders() | {str(outside / "written"): picture(np.zeros((4, 4)))})


@_listed("dataset-rejected|dataset-malformed", "pixels|image")
def image_bomb(outside: Path) -> bytes:
    """A PNG of 60,000 × 60,000 pixels in a kilobyte."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    size = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    png = (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", size) + chunk(b"IDAT", zlib.compress(bytes(10_000))) + chunk(b"IEND", b"")
    )
    return zipped(folders() | {"a/9.png": png})


@_listed("dataset-malformed|dataset-rejected", "pixels")
def tiff_bomb(outside: Path) -> bytes:
    """A TIFF of 60,000 × 60,000 pixels in 150 bytes, whose list of pages begins anew for ever."""
    tags = [(256, 4, 60_000), (257, 4, 60_000), (258, 3, 8), (259, 3, 1), (262, 3, 1), (273, 4, 8), (279, 4, 9)]
    entries = b"".join(struct.pack("<HHII", tag, kind, 1, value) for tag, kind, value in tags)
    tiff = b"II*\0" + struct.pack("<I", 8) + struct.pack("<H", len(tags)) + entries + struct.pack("<I", 8)
    return zipped(folders() | {"a/9.tif": tiff})


@_listed("dataset-malformed|dataset-rejected", "pixels")
def gif_bomb(outside: Path) -> bytes:
    """A GIF of 65,535 × 65,535 pixels in 30 bytes."""
    screen = struct.pack("<HHBBB", 65535, 65535, 0x80, 0, 0) + bytes(6)
    image = b"," + struct.pack("<HHHHB", 0, 0, 65535, 65535, 0) + b"\x02\x02\x4c\x01\x00;"
    return zipped(folders() | {"a/9.gif": b"GIF89a" + screen + image})


@_listed("dataset-malformed|dataset-rejected", "pixels")
def bmp_bomb(outside: Path) -> bytes:
    """A BMP of 100,000 × 100,000 pixels."""
    head = struct.pack("<IiiHHIIiiII", 40, 100_000, 100_000, 1, 24, 0, 0, 0, 0, 0, 0)
    return zipped(folders() | {"a/9.bmp": b"BM" + struct.pack("<IHHI", 54, 0, 0, 54) + head})


@_listed("dataset-rejected", "unsafe name")
def zip_traversal_of_windows(outside: Path) -> bytes:
    """An image whose name leads outside by backslashes, which are separators here."""
    return zipped(folders() | {"a\\..\\..\\..\\..\\..\\written.png": picture(np.zeros((4, 4)))})


@_listed("dataset-malformed", "is not JSON")
def json_too_deep(outside: Path) -> bytes:
    """A table of JSON lines, nested 200,000 deep."""
    return zipped(folders() | {"metadata.jsonl": b"[" * 200_000}, zipfile.ZIP_STORED)


@_listed("dataset-rejected", "holds no image|not listed|lies")
def table_that_leads_outside(outside: Path) -> bytes:
    """A table whose files are those of the machine."""
    return zipped({"a/0.png": picture(np.zeros((4, 4))), "labels.csv": f"file,label\n{outside}/secret,1\n".encode()})


@_listed("dataset-rejected|dataset-malformed", "bomb|unpack")
def tar_bomb(outside: Path) -> bytes:
    """40 MB of zeros, packed with xz to 6 kB."""
    return tarred({"a/0.png": bytes(40_000_000), "b/0.png": b""}, "xz")


@_listed("dataset-malformed|dataset-rejected", "read|cut|understood")
def dataset_truncated(outside: Path) -> bytes:
    """The first two thirds of a set."""
    good = npz(packed=True)
    return good[: len(good) * 2 // 3]


@_listed("dataset-rejected", "no data set that is understood")
def dataset_random_bytes(outside: Path) -> bytes:
    """100 kB of noise."""
    return b"\xff" + Random(1).randbytes(100_000)

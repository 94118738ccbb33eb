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
from tests.fuzz.seeds import folders, npz, picture, tarred, zipped

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

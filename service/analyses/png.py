"""Writing PNG files (ISO/IEC 15948) of bytes, with the standard library alone."""

import struct
import zlib

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
#: Colour type by the number of channels.
_COLOURS = {1: 0, 3: 2}


def encode(planes: list[bytes], height: int, width: int, scale: int = 1, level: int = 6) -> bytes:
    """A PNG of 1 (grey) or 3 (RGB) planes of height × width bytes; each pixel becomes a square of `scale`.

    level: of compression, 1 the fastest, 9 the smallest.
    """
    planes = [_enlarged(plane, width, scale) for plane in planes]
    width, height = width * scale, height * scale
    pixels = bytearray(len(planes) * width * height)
    for i, plane in enumerate(planes):
        pixels[i :: len(planes)] = plane
    step = len(planes) * width
    # Every row begins with the number of its filter: 0 is none.
    rows = b"".join(b"\0" + pixels[at : at + step] for at in range(0, len(pixels), step))
    head = struct.pack(">IIBBBBB", width, height, 8, _COLOURS[len(planes)], 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(rows, level)), (b"IEND", b""))
    return _SIGNATURE + b"".join(_chunk(kind, data) for kind, data in chunks)


def _enlarged(plane: bytes, width: int, scale: int) -> bytes:
    """Each byte `scale` times in its row, and each row as often: the nearest neighbour."""
    if scale == 1:
        return plane
    wide = bytearray(len(plane) * scale)
    for i in range(scale):
        wide[i::scale] = plane
    step = width * scale
    return b"".join(bytes(wide[at : at + step]) * scale for at in range(0, len(wide), step))


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

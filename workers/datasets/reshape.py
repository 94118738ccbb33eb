"""`metadata.resize` and `channels` for decoded arrays: as for files, picture by picture."""

from dataclasses import replace
from pathlib import Path

import numpy as np
from PIL import Image

from openapi.datasets import DatasetMetadata
from openapi.problems import DatasetRejected
from workers.datasets.channels import with_channels
from workers.datasets.decoded import Decoded
from workers.datasets.limits import DatasetLimits
from workers.datasets.npy import NpyWriter, stream_rows
from workers.datasets.resize import Resizer


def reshaped(decoded: Decoded, metadata: DatasetMetadata, x_path: Path, limits: DatasetLimits) -> Decoded:
    """Rewrite `x_path` as the metadata asks; what already is so stays.

    Raises `DatasetRejected` for floats that would have to be resized, and for other than 1 or 3 channels.
    """
    c, h, w = decoded.shape
    resizer = None if metadata.resize is None else Resizer(metadata.resize)
    if resizer is not None and not resizer.changes((h, w)):
        resizer = None
    size = (h, w) if resizer is None else resizer.after((h, w))
    channels = c if metadata.channels is None else {"RGB": 3, "grey": 1}[metadata.channels]
    if resizer is None and channels == c:
        return decoded
    if c not in (1, 3):
        raise DatasetRejected(f"x has {c} channels; resize and channels are for pictures with 1 or 3")
    if resizer is not None and decoded.dtype != "uint8":
        raise DatasetRejected("metadata.resize is for pictures of bytes (0 to 255), and x holds floats in [0, 1]")
    if resizer is not None:
        resizer.check((h, w), "x", limits.image_pixels)
    shape = (channels, *size)
    limits.check_array("x", decoded.n, shape, np.dtype(decoded.dtype).itemsize)
    made = x_path.with_suffix(".reshaped")
    with NpyWriter(made, (decoded.n, *shape), decoded.dtype) as writer:
        for rows in stream_rows(x_path, "x"):
            rows = with_channels(rows, channels)
            if resizer is None:
                writer.write(rows)
                continue
            for picture in rows:
                plain = picture[0] if channels == 1 else np.ascontiguousarray(picture.transpose(1, 2, 0))
                pixels = np.asarray(resizer.apply(Image.fromarray(plain)))
                writer.write((pixels[None] if channels == 1 else pixels.transpose(2, 0, 1))[None])
    made.replace(x_path)
    rules = {3: "grey repeated as R = G = B", 1: "luminance (ITU-R 601) of colour"}
    return replace(
        decoded,
        shape=shape,
        resize="none" if resizer is None else resizer.description,
        channels=decoded.channels if channels == c else rules[channels],
    )

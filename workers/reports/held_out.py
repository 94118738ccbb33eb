"""Whether a hardening was measured on images that it trained on: the same pixels, whatever files they came in."""

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from openapi.report import Check
from openapi.stages.base import Given
from workers.choice import Indices
from workers.datasets.channels import with_channels
from workers.datasets.npy import pick_rows, read_header, stream_rows

HELD_OUT = "held-out"
#: Share of the evaluated images that may be among those trained on: public test sets repeat a few of their own.
SHARED = 0.01
_TITLE = "Images that were evaluated were not trained on"
_BATCH = 16
#: Every how many-th row and column is looked at first: a large training set is then read, but little of it is hashed.
_STRIDE = 8


def held_out_check(inputs: Mapping[str, Path], index: Indices) -> Check | None:
    """Count the evaluated images, by their `index`, that are among the training images; None where none are given."""
    if Given.TRAINED not in inputs or Given.EVALUATED not in inputs:
        return None
    (trained, channels, dtype), (_, c, other) = _form(inputs[Given.TRAINED]), _form(inputs[Given.EVALUATED])
    form = (max(c, channels), dtype if dtype == other else np.dtype(np.float32))
    wanted: list[bytes] = []
    glances: set[bytes] = set()
    for rows in _picked(inputs[Given.EVALUATED], index):
        wanted += _digests(rows, *form)
        glances.update(_glances(rows, *form))
    missing = set(wanted)
    for rows in stream_rows(inputs[Given.TRAINED], Given.TRAINED):
        alike = [glance in glances for glance in _glances(rows, *form)]
        missing.difference_update(_digests(rows[alike], *form))
        if not missing:
            break
    shared, n = sum(digest not in missing for digest in wanted), len(wanted)
    return Check(
        id=HELD_OUT,
        title=_TITLE,
        status="fail" if shared > SHARED * n else "pass",
        detail=_in_words(shared, n, trained),
        numbers={"shared": shared, "n": n, "trained": trained},
    )


def _in_words(shared: int, n: int, trained: int) -> str:
    if not shared:
        return f"none of the {n:,} images that were evaluated is among the {trained:,} that the hardening trained on"
    are = "is" if shared == 1 else "are"
    return (
        f"{shared:,} of the {n:,} images that were evaluated {are} among the {trained:,} that the hardening trained "
        "on: what is measured after it is of images that it has seen, not of held-out data"
    )


def _form(path: Path) -> tuple[int, int, np.dtype[Any]]:
    """Samples, channels and kind of pixel of an array (n, c, h, w)."""
    with path.open("rb") as stream:
        header = read_header(stream, path.name)
    return header.shape[0], header.shape[1], header.dtype


def _picked(path: Path, index: Indices) -> Iterator[npt.NDArray[Any]]:
    for at in range(0, len(index), _BATCH):
        yield pick_rows(path, index[at : at + _BATCH].tolist())


def _glances(rows: npt.NDArray[Any], channels: int, dtype: np.dtype[Any]) -> list[bytes]:
    """Digests of a few pixels of each image: equal images have equal ones, and seldom others."""
    return _digests(rows[:, :, ::_STRIDE, ::_STRIDE], channels, dtype)


def _digests(rows: npt.NDArray[Any], channels: int, dtype: np.dtype[Any]) -> list[bytes]:
    """One of each image, in one form: grey repeated where others are colour, bytes as floats where others are."""
    if rows.shape[1] in (1, 3) and channels == 3:
        rows = with_channels(rows, channels)
    if rows.dtype != dtype:
        rows = rows.astype(np.float32) / np.float32(255)
    rows = np.ascontiguousarray(rows)
    return [hashlib.blake2b(row, digest_size=16).digest() for row in rows]

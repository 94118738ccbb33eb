"""The decoded arrays of a data set, as a slice of float32 pixels."""

from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from openapi.attacks.base import Attack
from openapi.stages.analysis import SliceParams
from openapi.stages.attack import AttackParams
from openapi.stages.base import Given, Regions
from openapi.stages.neurons import NeuronsParams
from openapi.stages.transfer import TransferParams
from workers.choice import chosen
from workers.jobs.context import JobContext

P = TypeVar("P", bound=SliceParams)


def free_pixels(
    inputs: Mapping[str, Path], spec: Attack, regions: Regions | None, rows: npt.NDArray[np.int64]
) -> Tensor | None:
    """Return (n, h, w) bool, the pixels of the samples `rows` that an attack may change; None where it has no mask.

    regions: numbers of the concepts of its mask, in the input `masks`; None where that is an artifact.
    """
    if spec.mask is None:
        return None
    if regions is None:
        inside, there = _of_artifact(inputs[Given.MASKS], spec.mask.array or "", rows)
        return torch.from_numpy((~inside if spec.mask.outside else inside) & there[:, None, None])
    masks = np.load(inputs[Given.MASKS], mmap_mode="r", allow_pickle=False)
    inside = np.zeros((len(rows), *masks.shape[2:]), np.bool_)
    for concept in regions:
        inside |= masks[rows, concept]
    return torch.from_numpy(~inside if spec.mask.outside else inside)


def _of_artifact(
    path: Path, array: str, rows: npt.NDArray[np.int64]
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Return (n, h, w): where an array of an artifact `regions` is not 0, and (n,): the samples that it holds."""
    with np.load(path, allow_pickle=False) as arrays:
        index, values = arrays["index"], arrays[array]
    inside = np.zeros((len(rows), *values.shape[1:]), np.bool_)
    there = np.isin(rows, index)
    place = {int(sample): i for i, sample in enumerate(index)}
    for i in np.flatnonzero(there):
        inside[i] = values[place[int(rows[i])]] != 0
    return inside, there


def shard_rows(
    ctx: JobContext[AttackParams] | JobContext[NeuronsParams] | JobContext[TransferParams] | JobContext[P],
) -> npt.NDArray[np.int64]:
    """The indices of the samples of a shard: positions ``start..stop`` of its ``choice``, ascending."""
    labels = np.load(ctx.inputs["y"], mmap_mode="r", allow_pickle=False)
    return chosen(ctx.params.choice, labels, ctx.params.start, ctx.params.stop)


def load_rows(x: Path, y: Path, rows: npt.NDArray[np.int64]) -> tuple[Tensor, Tensor, Tensor]:
    """Return pixels (n, c, h, w) float32 in [0, 1], labels (n,) int64 and indices (n,) of the samples `rows`.

    `x` is an .npy of (N, c, h, w) uint8 (divided by 255 in float32) or float32; it is memory-mapped, so only those rows
    are read. `y` is an .npy of N class numbers.
    """
    images = torch.from_numpy(np.load(x, mmap_mode="r", allow_pickle=False)[rows])
    images = images.to(torch.float32).div_(255) if images.dtype == torch.uint8 else images.to(torch.float32)
    labels = torch.from_numpy(np.load(y, mmap_mode="r", allow_pickle=False)[rows].astype(np.int64))
    return images, labels, torch.from_numpy(rows)

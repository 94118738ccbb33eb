"""Network dissection: which concept each unit detects, and whether the sensitive units are the meaningful ones.

Bau et al., "Network Dissection: Quantifying Interpretability of Deep Visual Representations", 2017. Needs numpy and
scipy alone, but for `overlaps`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from scipy.stats import mannwhitneyu, spearmanr

if TYPE_CHECKING:
    from torch import Tensor

    from workers.models.audited import AuditedModel

Ints = npt.NDArray[np.int64]


@dataclass
class Overlaps:
    """Pixels counted over images: intersection (units, concepts), units (units,), concepts (concepts,). They add up."""

    intersection: Ints
    units: Ints
    concepts: Ints

    @classmethod
    def none(cls, units: int, concepts: int) -> "Overlaps":
        """Return the counts of no image."""
        return cls(np.zeros((units, concepts), np.int64), np.zeros(units, np.int64), np.zeros(concepts, np.int64))

    def add(self, other: "Overlaps") -> None:
        """Add the counts of other images."""
        self.intersection = self.intersection + other.intersection
        self.units, self.concepts = self.units + other.units, self.concepts + other.concepts

    def iou(self) -> npt.NDArray[np.float64]:
        """IoU (units, concepts) = |M_k ∩ L_c| / |M_k ∪ L_c| over all images; 0 where both are nowhere."""
        union = self.units[:, None] + self.concepts - self.intersection
        found: npt.NDArray[np.float64] = self.intersection / np.maximum(union, 1)
        return found

    def save(self, path: Path) -> None:
        """Write an `.npz` that `load` reads back."""
        with path.open("wb") as file:
            np.savez(file, intersection=self.intersection, units=self.units, concepts=self.concepts)

    @classmethod
    def load(cls, path: Path) -> "Overlaps":
        """Read what `save` wrote."""
        with np.load(path, allow_pickle=False) as data:
            return cls(data["intersection"], data["units"], data["concepts"])


class LayerMaps:
    """``maps(x)``: the activations (n, units, rows, columns) of a layer, after its activation function, on images x.

    Raises `InvalidField` for a layer that keeps no places apart.
    """

    def __init__(self, model: "AuditedModel", layer: str) -> None:
        from workers.explain.feature_map import find_feature_map, with_value

        self._map = find_feature_map(model, layer)
        self._run = with_value(model, self._map.node)

    def __call__(self, x: "Tensor") -> "Tensor":
        """See above."""
        import torch

        with torch.no_grad():
            return self._map.canonical(self._run(x)[1]).float()


def overlaps(activations: "Tensor", thresholds: npt.NDArray[np.float64], masks: npt.NDArray[Any]) -> Overlaps:
    """Count where units are among their highest activations and where concepts are, for some images.

    activations: (n, units, rows, columns), brought to the masks' size between the centres of places; M_k = {≥ T_k};
    thresholds: (units,); masks: (n, concepts, h, w), not 0 where the concept is. One image at a time.
    """
    import torch

    from workers.explain.class_maps import upsampled

    _, concepts, h, w = masks.shape
    units, device = activations.shape[1], activations.device
    level = torch.from_numpy(thresholds).to(device)[:, None]
    total = Overlaps.none(units, concepts)
    for activation, mask in zip(activations, masks, strict=True):
        high = upsampled(activation[None].float(), h, w)[0].flatten(1).double() >= level
        there = torch.from_numpy(np.ascontiguousarray(mask != 0)).to(device).flatten(1)
        joint = high.float() @ there.float().T  # exact: fewer than 2^24 pixels
        counts = (joint.long(), high.sum(1), there.sum(1))
        total.add(Overlaps(*(count.cpu().numpy() for count in counts)))
    return total


@dataclass(frozen=True)
class Unit:
    """The concept that a unit overlaps with most, by how much, and how sensitive the unit is."""

    unit: int
    concept: str
    iou: float
    sensitivity: float


@dataclass(frozen=True)
class Dissection:
    """Units by number; detectors: how many exceed the IoU.

    spearman: between IoU and sensitivity over all units, with its p; mann_whitney_p: that detectors are as sensitive as
    the rest (two-sided). The tests are ours; None where there is nothing to compare.
    """

    concepts: tuple[str, ...]
    units: tuple[Unit, ...]
    detectors: int
    spearman: float | None
    spearman_p: float | None
    mann_whitney_p: float | None


def dissect(
    counts: Overlaps, names: Sequence[str], sensitivity: npt.NDArray[np.float64], iou: float = 0.04
) -> Dissection:
    """Name the units; sensitivity: (units,) σ; a unit above `iou` is a detector of its concept."""
    table = counts.iou()
    best = table.argmax(1)
    value = table[np.arange(len(table)), best]
    detects = value > iou
    units = tuple(
        Unit(k, names[int(c)], float(v), float(s))
        for k, (c, v, s) in enumerate(zip(best, value, sensitivity, strict=True))
    )
    varies = len(value) > 2 and np.ptp(value) > 0 and np.ptp(sensitivity) > 0
    found = spearmanr(value, sensitivity) if varies else None
    both = detects.any() and not detects.all()
    p = mannwhitneyu(sensitivity[detects], sensitivity[~detects]).pvalue if both else None
    return Dissection(
        concepts=tuple(names),
        units=units,
        detectors=int(detects.sum()),
        spearman=None if found is None else float(found.statistic),
        spearman_p=None if found is None else float(found.pvalue),
        mann_whitney_p=None if p is None else float(p),
    )

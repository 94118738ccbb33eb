"""What one attack did to a set of samples, and how the runs of its slices become one."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from workers.attacks.engine.totals import add_figures
from workers.attacks.maths.balls import Norm


@dataclass
class AttackRun:
    """What one attack did to n samples; every array has one entry a sample, in the order given.

    attacked: correctly classified, not skipped, and not of the class that was chosen as the target. reached: the stored
    example is of that class, confirmed likewise. success: fooled, confirmed by an independent
    pass on the stored example. x_adv: (n, c, h, w) float32; for samples without success the last try (or x itself).
    adv_predicted, confidence (softmax probability of adv_predicted): of x_adv. distance: of x_adv where success, else
    NaN. queries: forward passes of black-box attacks, else -1. forward_passes, backward_passes: totals of the attack
    itself (without clean, confirming and probing passes). norm: of `distance`. figures: counts that slices add up:
    zero_gradients, bad_gradients (samples), probe_* (see `checks`), success_by_step (entry i: first fooled by iterate
    i), and each attack's own.
    """

    index: NDArray[np.int64]
    label: NDArray[np.int64]
    predicted: NDArray[np.int64]
    clean_confidence: NDArray[np.float32]
    correct: NDArray[np.bool_]
    attacked: NDArray[np.bool_]
    success: NDArray[np.bool_]
    reached: NDArray[np.bool_]
    adv_predicted: NDArray[np.int64]
    confidence: NDArray[np.float32]
    distance: NDArray[np.float64]
    queries: NDArray[np.int64]
    x_adv: Tensor
    num_classes: int
    norm: Norm = "linf"
    randomised: bool = False
    forward_passes: int = 0
    backward_passes: int = 0
    seconds: float = 0.0
    figures: dict[str, Any] = field(default_factory=dict)

    @property
    def robust_accuracy(self) -> float:
        """Share of all n samples that are correct and not fooled."""
        return float((self.correct & ~self.success).mean()) if len(self.index) else float("nan")


def join(parts: list[AttackRun], num_classes: int | None) -> AttackRun:
    """Return the run of all parts, in their order; num_classes: of the data set, null for the model's."""
    arrays = ["index", "label", "predicted", "clean_confidence", "correct", "attacked", "success", "reached"]
    arrays += ["adv_predicted", "confidence", "distance", "queries"]
    joined: dict[str, Any] = {name: np.concatenate([getattr(p, name) for p in parts]) for name in arrays}
    figures: dict[str, Any] = {}
    for part in parts:
        figures = add_figures(figures, part.figures)
    return AttackRun(
        **joined,
        x_adv=torch.cat([p.x_adv for p in parts]),
        num_classes=num_classes or parts[0].num_classes,
        norm=parts[0].norm,
        randomised=any(p.randomised for p in parts),
        forward_passes=sum(p.forward_passes for p in parts),
        backward_passes=sum(p.backward_passes for p in parts),
        figures=figures,
    )

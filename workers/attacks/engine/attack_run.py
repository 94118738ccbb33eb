"""What one attack did to a set of samples, and how the runs of its slices become one."""

from dataclasses import dataclass, field

import torch
from torch import Tensor

from workers.attacks.engine.outcomes import Outcomes, joined
from workers.attacks.engine.totals import Extras, add_extras
from workers.attacks.maths.balls import Norm


@dataclass(frozen=True, kw_only=True)
class AttackRun(Outcomes):
    """What one attack did to n samples, in the order given.

    x_adv: (n, c, h, w) float32; for samples without success the last try (or x itself). forward_passes,
    backward_passes: totals of the attack itself (without clean, confirming and probing passes). norm: of `distance`.
    extras: counts that slices add up: zero_gradients, bad_gradients (samples), probe_* (see `gradient_probe`),
    success_by_step (entry i: first fooled by iterate i), and each attack's own.
    """

    x_adv: Tensor
    num_classes: int
    norm: Norm = "linf"
    randomised: bool = False
    forward_passes: int = 0
    backward_passes: int = 0
    seconds: float = 0.0
    extras: Extras = field(default_factory=dict)

    @property
    def robust_accuracy(self) -> float:
        """Share of all n samples that are correct and not fooled."""
        return float(self.robust.mean()) if self.n else float("nan")


def join(parts: list[AttackRun], num_classes: int | None, seconds: float, extras: Extras) -> AttackRun:
    """Return the run of all parts, in their order; num_classes: of the data set, None for the model's; extras: of the
    whole."""
    told: Extras = {}
    for part in parts:
        told = add_extras(told, part.extras)
    return AttackRun(
        **joined([part.columns() for part in parts]),
        x_adv=torch.cat([p.x_adv for p in parts]),
        num_classes=num_classes or parts[0].num_classes,
        norm=parts[0].norm,
        randomised=any(p.randomised for p in parts),
        forward_passes=sum(p.forward_passes for p in parts),
        backward_passes=sum(p.backward_passes for p in parts),
        seconds=seconds,
        extras={**told, **extras},
    )

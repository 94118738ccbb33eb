"""The referee of both tables: it judges everybody's examples by the same independent pass."""

from dataclasses import dataclass

import torch
from torch import Tensor

from tests.tools.benchmarks.subject import Subject
from workers.attacks.maths.balls import Norm, distance


@dataclass
class Outcome:
    """What one contender reached: (n,) who is fooled lawfully, and how far away."""

    fooled: Tensor
    distance: Tensor
    correct: Tensor

    @property
    def robust(self) -> float:
        """Robust accuracy: correct and not fooled, of all."""
        return float((self.correct & ~self.fooled).float().mean())

    @property
    def median(self) -> float:
        """Median distance of the successes; NaN without any."""
        return float(self.distance[self.fooled].median()) if bool(self.fooled.any()) else float("nan")


def judged(s: Subject, x_adv: Tensor, norm: Norm, eps: float | None) -> Outcome:
    """Judge examples by a fresh pass; what lies outside its ball or [0, 1] is no success."""
    x_adv = x_adv.to(s.x.device)
    with torch.no_grad():
        correct = s.model.model(s.x).argmax(1) == s.y
        wrong = s.model.model(x_adv.float()).argmax(1) != s.y
    d = distance(x_adv, s.x, norm)
    lawful = (x_adv.flatten(1).amin(1) >= -1e-6) & (x_adv.flatten(1).amax(1) <= 1 + 1e-6)
    if eps is not None:
        lawful &= d <= eps * (1 + 1e-4)
    return Outcome(correct & wrong & lawful, d, correct)

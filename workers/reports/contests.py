"""Two attacks on the same samples, of which one should be no weaker than the other."""

from collections.abc import Iterable
from typing import TypedDict

from openapi.intervals import mcnemar, paired_difference
from workers.reports.merge import AttackTable

#: Share of the attacked samples by which cross-entropy may stay behind a margin loss: of healthy nets in AutoAttack's
#: paper, and of small ones here (8 % of 324 for a SqueezeNet, 6 % of 358 for a VGG).
LOSS_GAP = 0.1
#: The same, for steps fewer than this: of small healthy nets ten leave up to 9 % more than a hundred do.
STEP_GAP, FEW_STEPS = 0.1, 20
_LEVEL = 0.05


class Contest(TypedDict):
    """Two attacks on the same samples: what each leaves robust, what it alone fools, and the share of the attacked
    samples by which `stronger` stays behind, with its 95 % interval and what is let pass."""

    weaker: str
    stronger: str
    weaker_robust: int
    stronger_robust: int
    only_weaker_fools: int
    only_stronger_fools: int
    gap: float
    ci95: tuple[float, float]
    leeway: float


def stronger(weak: AttackTable, strong: AttackTable, leeway: float = 0.0) -> tuple[bool, Contest]:
    """Whether `strong` does what it should, i.e. is not weaker by more than chance and `leeway` explain; the numbers.

    McNemar's exact test at 5 %: four samples that only one attack fools, and none that only the other does, are chance
    (p = 1/8), and the normal approximation takes them for more. Beyond it the lower end of the gap's 95 % interval
    (Tango's, for paired proportions) must lie above `leeway`.
    """
    strong_leaves, weak_leaves = strong.robust & ~weak.robust, weak.robust & ~strong.robust
    only_weaker, only_stronger = int(strong_leaves.sum()), int(weak_leaves.sum())
    n = int((weak.attacked | strong.attacked | weak.robust | strong.robust).sum())
    interval = paired_difference(only_weaker, only_stronger, n)
    numbers: Contest = {
        "weaker": weak.id,
        "stronger": strong.id,
        "weaker_robust": int(weak.robust.sum()),
        "stronger_robust": int(strong.robust.sum()),
        "only_weaker_fools": only_weaker,
        "only_stronger_fools": only_stronger,
        "gap": (only_weaker - only_stronger) / max(1, n),
        "ci95": interval,
        "leeway": leeway,
    }
    beyond_chance = only_weaker > only_stronger and mcnemar(only_weaker, only_stronger) <= _LEVEL
    return not beyond_chance or interval[0] <= leeway, numbers


def leeway_of(white_box: Iterable[AttackTable]) -> float:
    """By how much the best of several white-box attacks may stay behind a margin loss with many steps.

    Black-box attacks climb the margin, many in a hundred steps or more; a white box that climbs cross-entropy in ten is
    behind them on healthy nets too, which says nothing of the gradients.
    """
    return min(_leeway(table) for table in white_box)


def _leeway(table: AttackTable) -> float:
    by_loss = LOSS_GAP if getattr(table.spec, "loss", "ce" if table.spec.name == "ifgsm" else "") == "ce" else 0.0
    few = getattr(table.spec, "steps", FEW_STEPS) < FEW_STEPS
    return by_loss + (STEP_GAP if few else 0.0)

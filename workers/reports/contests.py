"""Two attacks on the same samples, of which one should be no weaker than the other."""

from typing import TypedDict

from openapi.intervals import mcnemar
from workers.reports.merge import AttackTable

_LEVEL = 0.05


class Contest(TypedDict):
    """Two attacks on the same samples: what each leaves robust, and what it alone fools."""

    weaker: str
    stronger: str
    weaker_robust: int
    stronger_robust: int
    only_weaker_fools: int
    only_stronger_fools: int


def stronger(weak: AttackTable, strong: AttackTable) -> tuple[bool, Contest]:
    """Whether `strong` does what it should, i.e. is not weaker by more than chance explains; and the numbers.

    McNemar's exact test at 5 %: four samples that only one attack fools, and none that only the other does, are chance
    (p = 1/8), and the normal approximation takes them for more.
    """
    strong_leaves, weak_leaves = strong.robust & ~weak.robust, weak.robust & ~strong.robust
    only_weaker, only_stronger = int(strong_leaves.sum()), int(weak_leaves.sum())
    numbers: Contest = {
        "weaker": weak.id,
        "stronger": strong.id,
        "weaker_robust": int(weak.robust.sum()),
        "stronger_robust": int(strong.robust.sum()),
        "only_weaker_fools": only_weaker,
        "only_stronger_fools": only_stronger,
    }
    return only_weaker <= only_stronger or mcnemar(only_weaker, only_stronger) > _LEVEL, numbers

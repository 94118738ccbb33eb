"""Two attacks on the same samples, of which one should be no weaker than the other."""

from typing import TypedDict

from openapi.intervals import clearly_more
from workers.reports.merge import AttackTable


class Contest(TypedDict):
    """Two attacks on the same samples: what each leaves robust, and what it alone fools."""

    weaker: str
    stronger: str
    weaker_robust: int
    stronger_robust: int
    only_weaker_fools: int
    only_stronger_fools: int


def stronger(weak: AttackTable, strong: AttackTable) -> tuple[bool, Contest]:
    """Whether `strong` does what it should, i.e. is not clearly weaker on the same samples; and the numbers."""
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
    return not clearly_more(only_weaker, only_stronger), numbers

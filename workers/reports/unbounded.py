"""Whether attacks without a bound, or with one that holds every image, fool the model: a grey image has no class."""

import math
from collections.abc import Mapping, Sequence

from openapi.base import JsonObject
from openapi.text import counted
from workers.reports.merge import AttackTable

#: From this L-infinity eps on every image can be made grey: a model that still resists is not attacked properly. The L2
#: ball that holds a cube of this half side has its half diagonal for a radius: 0.5 · √(channels · height · width).
LARGE_EPS = 0.5
#: Share of the images that may stay robust.
_LEFT = 0.02


def unbounded(tables: Sequence[AttackTable], shape: Sequence[int] | None) -> tuple[bool | None, str, JsonObject]:
    """Whether the best attack that reaches a grey image leaves nothing robust, in words, and in numbers.

    None where no attack reaches so far, or none of them could have gone so far. shape: of an image, (c, h, w); where it
    is not known no L2 ball counts.
    """
    large = {"linf": LARGE_EPS}
    large |= {} if shape is None else {"l2": LARGE_EPS * math.sqrt(math.prod(shape))}
    white = [t for t in tables if not t.spec.facts.black_box and t.attacked.any()]
    free = [t for t in white if _reaches(t, large)]
    if not free:
        return None, _no_reach(white, large), {}
    best = min(free, key=lambda t: int(t.robust.sum()))
    left = int(best.robust.sum())
    good = left / best.n <= _LEFT
    detail = f"{best.id} leaves {left} of {counted(best.n, 'sample')} robust"
    if not good and not any(_goes_far(t, large) for t in free):
        return None, f"{detail}; its options let no example be far enough away to tell", {}
    detail += "" if good else "; without a bound it should be 0"
    return good, detail, {"attack": best.id, "robust": left, "n": best.n}


def iterates(table: AttackTable) -> bool:
    """Whether it climbs the loss in several steps, towards any wrong class."""
    return (
        table.spec.facts.climbs == "many steps"
        and getattr(table.spec, "steps", 2) > 1
        and not getattr(table.spec, "targeted", False)
        and table.target is None
    )


def _no_reach(tables: Sequence[AttackTable], large: Mapping[str, float]) -> str:
    """What to ask for, and which attacks with a large enough eps do not count."""
    balls = " or ".join(f"{norm} eps >= {math.ceil(100 * eps) / 100:g}" for norm, eps in large.items())
    text = f"needs an attack in many steps (such as pgd) with {balls}, or one without eps (such as cw), on whole images"
    single = [t.id for t in tables if t.spec.facts.climbs == "one step" and _is_large(t, large)]
    return text + (f"; one step alone may miss, so that {', '.join(single)} does not count" if single else "")


def _is_large(table: AttackTable, large: Mapping[str, float]) -> bool:
    eps, norm = getattr(table.spec, "eps", None), str(getattr(table.spec, "norm", None))
    return eps is not None and float(eps) >= large.get(norm, math.inf)


def _reaches(table: AttackTable, large: Mapping[str, float]) -> bool:
    """Whether it may look as far as to a grey image."""
    if table.spec.mask is not None:
        return False
    if getattr(table.spec, "eps", None) is None:
        return table.spec.facts.minimal
    return _is_large(table, large) and iterates(table)


def _goes_far(table: AttackTable, large: Mapping[str, float]) -> bool:
    """Whether its options let it come as far as to a grey image, and any success there count."""
    spec = table.spec
    if getattr(spec, "confidence", 0) > 0 or float(getattr(spec, "max_change", 1)) < LARGE_EPS:
        return False
    # a step of Adam is about as long as its rate, in pixels half of what is told
    step = getattr(spec, "learning_rate", 2) / 2 if spec.name == "cw" else getattr(spec, "step_size", None)
    far = LARGE_EPS if getattr(spec, "eps", None) is None else large[str(spec.measured_norm)]
    return step is None or float(step) * getattr(spec, "steps", 1) >= far

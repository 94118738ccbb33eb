"""AutoAttack, standard version: four attacks without a parameter to tune (Croce & Hein 2020)."""

from collections.abc import Callable

from openapi.attacks import Apgd, ApgdT, AutoAttack, FabT, Square
from workers.attacks.ball.apgd import apgd, apgd_t
from workers.attacks.ball.fab import fab_t
from workers.attacks.black_box.square import square
from workers.attacks.engine.batch import Batch
from workers.attacks.registry import implements

_AHEAD = 8  # most proposals of Square for one image in one pass
#: Share of the work that is done when a stage is, by its passes on an image that none of them fools.
_DONE = {"apgd-ce": 0.03, "apgd-t": 0.3, "fab-t": 0.6, "square": 1.0}


@implements(AutoAttack)
def autoattack(batch: Batch, spec: AutoAttack) -> None:
    """APGD-CE, APGD-T (DLR, 9 targets), FAB-T (9 targets), Square (5,000 queries): each on the survivors of those
    before.

    With fewer than ten classes there are K - 1 targets; two classes are no special case.
    extras: ``fooled_by`` counts the samples that each of the four took.
    """
    norm, eps = spec.norm, spec.eps
    stages: dict[str, Callable[[], None]] = {
        "apgd-ce": lambda: apgd(batch, Apgd(norm=norm, eps=eps)),
        "apgd-t": lambda: apgd_t(batch, ApgdT(norm=norm, eps=eps)),
        "fab-t": lambda: fab_t(batch, FabT(norm=norm, eps=eps)),
        "square": lambda: square(batch, Square(norm=norm, eps=eps), ahead=_AHEAD),
    }
    fooled_by: dict[str, int] = {}
    done = 0.0
    for name, stage in stages.items():
        before = int(batch.found.sum())
        with batch.part(done, _DONE[name]):
            stage()
        done = _DONE[name]
        fooled_by[name] = int(batch.found.sum()) - before
    batch.extras["fooled_by"] = fooled_by

"""The straight line from the uploaded weights to the hardened ones: what its points cost and gain, which one is wanted.

Weights of a network and of its fine-tuned self can be averaged and the networks between them are good ones (Wortsman et
al., CVPR 2022; for robustness Zhu et al., ICCV 2023): the trade-off is walked without training again.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from openapi.hardening_options import Goal
from openapi.stages.harden import Epoch, EpochPoint, Frontier, FrontierPoint
from workers.hardening.saved import SavedCandidate, Tensors, copies, put

#: Shares of the way at which the line is looked at first, and how often the step that meets the goal is halved.
SHARES = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
HALVINGS = 3

Point = FrontierPoint | EpochPoint


@dataclass(frozen=True)
class Candidate:
    """Of the epochs so far, the one that serves the goal best, the earlier of equals, with a copy of its weights."""

    epoch: int
    clean_accuracy: float
    robust_accuracy: float
    weights: Tensors

    def saved(self) -> SavedCandidate:
        """As a moment keeps it."""
        return {
            "epoch": self.epoch,
            "clean_accuracy": self.clean_accuracy,
            "robust_accuracy": self.robust_accuracy,
            "weights": self.weights,
        }

    @property
    def point(self) -> EpochPoint:
        """Its place on the frontier."""
        return EpochPoint(epoch=self.epoch, clean_accuracy=self.clean_accuracy, robust_accuracy=self.robust_accuracy)


def candidate(so_far: Candidate | None, log: Sequence[Epoch], goal: Goal, weights: Tensors) -> Candidate:
    """The best epoch for the goal now that the log has its last line, whose weights are the present ones."""
    vanilla, *_, last = epochs_of(log)
    if so_far is not None and serves(last, vanilla, goal) <= serves(so_far.point, vanilla, goal):
        return so_far
    return Candidate(last.epoch, last.clean_accuracy, last.robust_accuracy, copies(weights))


def epochs_of(log: Sequence[Epoch]) -> tuple[EpochPoint, ...]:
    """All epochs as points, the uploaded weights first; each was judged on the validation split."""
    return tuple(
        EpochPoint.model_validate(
            {"epoch": line.epoch, "clean_accuracy": line.validation_clean, "robust_accuracy": line.validation_robust}
        )
        for line in log
    )


#: Measures the network at a share of the way: clean and robust accuracy on the validation split.
Measure = Callable[[float], tuple[float, float]]


class Way:
    """The straight line on which a network's weights can stand.

    weights: the tensors of the network, at its hardened end; vanilla: the other end; renew: called between the ends,
    for batch-norm statistics of their own; measure: of the network as it stands.
    """

    def __init__(
        self,
        weights: Tensors,
        vanilla: Tensors,
        *,
        renew: Callable[[], None],
        measure: Callable[[], tuple[float, float]],
        report: Callable[[int, int], None],
    ) -> None:
        self._weights, self._vanilla, self._hardened = weights, vanilla, copies(weights)
        self._renew, self._measure, self._report = renew, measure, report

    def stand(self, share: float) -> None:
        """Put the weights at a share of the way."""
        put(self._weights, between(self._vanilla, self._hardened, share))
        if 0 < share < 1:
            self._renew()

    def walk(
        self,
        goal: Goal,
        leave: Callable[[float], None] | None = None,
        *,
        log: Sequence[Epoch] = (),
        rival: Candidate | None = None,
    ) -> Frontier:
        """Put the weights that serve the goal best; `leave` is called at every other point, with its share.

        log: the epochs along the run, which stand beside the points; rival: the best of them, whose weights are put
        where they serve the goal better than all points between the ends.
        """
        weighed: list[float] = []

        def measure(share: float) -> tuple[float, float]:
            self.stand(share)
            found = self._measure()
            weighed.append(share)
            self._report(len(weighed), len(SHARES) + HALVINGS)
            return found

        points, best, met = walk(measure, goal)
        better = rival is not None and serves(rival.point, points[0], goal) > serves(best, points[0], goal)
        for point in points if leave is not None else ():
            if leave is not None and (better or point is not best):
                self.stand(point.share)
                leave(point.share)
        self.stand(best.share)
        found = Frontier(goal=goal, met=met, delivered=best.share, points=points, epochs=epochs_of(log)[1:])
        if rival is None or not better:
            return found
        put(self._weights, rival.weights)
        met = meets(rival.point, points[0], goal)
        return found.model_copy(update={"met": met, "delivered_epoch": rival.epoch})


def between(vanilla: Tensors, hardened: Tensors, share: float) -> Tensors:
    """(1 − share) · vanilla + share · hardened, exactly one of them at the ends; counters are the hardened's."""
    if share in (0.0, 1.0):
        return hardened if share else vanilla
    return {
        name: vanilla[name].lerp(value, share) if value.is_floating_point() else value
        for name, value in hardened.items()
    }


def walk(measure: Measure, goal: Goal) -> tuple[tuple[FrontierPoint, ...], FrontierPoint, bool]:
    """The points in order of their share, the one that serves the goal best, and whether it meets it."""
    points = [_point(measure, share) for share in SHARES]
    best, met = chosen(points, goal)
    for _ in range(HALVINGS):
        points.sort(key=lambda p: p.share)
        at = points.index(best)
        beside = [p for p in points[max(0, at - 1) : at + 2] if p is not best and not meets(p, points[0], goal)]
        if not met or not beside:
            break
        points.append(_point(measure, (best.share + beside[-1].share) / 2))
        points.sort(key=lambda p: p.share)
        best, met = chosen(points, goal)
    return tuple(sorted(points, key=lambda p: p.share)), best, met


def chosen(points: Sequence[FrontierPoint], goal: Goal) -> tuple[FrontierPoint, bool]:
    """Of the points that meet the goal, the most robust one for `clean_drop`, the most accurate for `robust_accuracy`.

    points: in order of their share, the uploaded weights first. When none meets it, the most robust one of all.
    """
    best = max(points, key=lambda p: serves(p, points[0], goal))
    return best, meets(best, points[0], goal)


def serves(point: Point, vanilla: Point, goal: Goal) -> tuple[bool, float, float]:
    """How well a point serves a goal, to be compared with others."""
    met = meets(point, vanilla, goal)
    robust, clean = point.robust_accuracy, point.clean_accuracy
    return (met, clean, robust) if met and goal.clean_drop is None else (met, robust, clean)


def meets(point: Point, vanilla: Point, goal: Goal) -> bool:
    """Whether a point does what was asked for; accuracies are counts over n, hence the small term."""
    if goal.clean_drop is not None:
        return vanilla.clean_accuracy - point.clean_accuracy <= goal.clean_drop + 1e-12
    assert goal.robust_accuracy is not None  # a goal names one of the two
    return point.robust_accuracy >= goal.robust_accuracy - 1e-12


def _point(measure: Measure, share: float) -> FrontierPoint:
    clean, robust = measure(share)
    return FrontierPoint(share=share, clean_accuracy=clean, robust_accuracy=robust)

"""The straight line from the uploaded weights to the hardened ones: what its points cost and gain, which one is wanted.

Weights of a network and of its fine-tuned self can be averaged and the networks between them are good ones (Wortsman et
al., CVPR 2022; for robustness Zhu et al., ICCV 2023): the trade-off is walked without training again.
"""

from collections.abc import Callable, Sequence

from openapi.hardening_options import Goal
from openapi.stages.harden import Frontier, FrontierPoint
from workers.hardening.saved import Tensors, copies, put

#: Shares of the way at which the line is looked at first, and how often the step that meets the goal is halved.
SHARES = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
HALVINGS = 3

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

    def walk(self, goal: Goal, leave: Callable[[float], None] | None = None) -> Frontier:
        """Put the weights that serve the goal best; `leave` is called at every other point, with its share."""
        weighed: list[float] = []

        def measure(share: float) -> tuple[float, float]:
            self.stand(share)
            found = self._measure()
            weighed.append(share)
            self._report(len(weighed), len(SHARES) + HALVINGS)
            return found

        points, best, met = walk(measure, goal)
        for point in points if leave is not None else ():
            if point is not best and leave is not None:
                self.stand(point.share)
                leave(point.share)
        self.stand(best.share)
        return Frontier(goal=goal, met=met, delivered=best.share, points=points)


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
    good = [p for p in points if meets(p, points[0], goal)]
    if not good:
        return max(points, key=lambda p: (p.robust_accuracy, p.clean_accuracy)), False
    if goal.clean_drop is not None:
        return max(good, key=lambda p: (p.robust_accuracy, p.clean_accuracy)), True
    return max(good, key=lambda p: (p.clean_accuracy, p.robust_accuracy)), True


def meets(point: FrontierPoint, vanilla: FrontierPoint, goal: Goal) -> bool:
    """Whether a point does what was asked for; accuracies are counts over n, hence the small term."""
    if goal.clean_drop is not None:
        return vanilla.clean_accuracy - point.clean_accuracy <= goal.clean_drop + 1e-12
    assert goal.robust_accuracy is not None  # a goal names one of the two
    return point.robust_accuracy >= goal.robust_accuracy - 1e-12


def _point(measure: Measure, share: float) -> FrontierPoint:
    clean, robust = measure(share)
    return FrontierPoint(share=share, clean_accuracy=clean, robust_accuracy=robust)

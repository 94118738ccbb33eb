"""How epochs are judged: which one is delivered, when to stop, and when a training has collapsed."""

from collections.abc import Sequence
from dataclasses import dataclass

from openapi.hardening_options import Metric
from openapi.stages.harden import BestSoFar, Epoch
from workers.hardening.saved import SavedChoice, Tensors, copies


@dataclass(frozen=True)
class Chosen:
    """The best epoch so far, the earlier of equals: its number and a copy of its weights."""

    epoch: int
    value: float
    weights: Tensors

    def saved(self) -> SavedChoice:
        """As a moment keeps it."""
        return {"epoch": self.epoch, "value": self.value, "weights": self.weights}


def better(chosen: Chosen | None, line: Epoch, metric: Metric, weights: Tensors) -> Chosen:
    """The best epoch when `line` has come, whose weights are the present ones."""
    value = measured(line, metric)
    return Chosen(line.epoch, value, copies(weights)) if chosen is None or value > chosen.value else chosen


def measured(line: Epoch, metric: Metric) -> float:
    """A number of the validation split at an epoch; a request that names one without a split is refused before."""
    clean, robust = line.validation_clean, line.validation_robust
    if clean is None or robust is None:
        raise ValueError(f"epoch {line.epoch} was judged on no validation split")
    return _value(metric, clean, robust)


def _value(metric: Metric, clean: float, robust: float) -> float:
    return {"clean_accuracy": clean, "robust_accuracy": robust, "mean": (clean + robust) / 2}[metric]


def so_far(line: Epoch, metric: Metric | None) -> tuple[float, BestSoFar]:
    """How good an epoch is for one who stops here: on the validation split, else on the monitored training images.

    By the metric that was asked for, or the mean of the two accuracies.
    """
    held_out = line.validation_clean is not None and line.validation_robust is not None
    clean, robust = (
        (line.validation_clean, line.validation_robust) if held_out else (line.clean_accuracy, line.robust_accuracy)
    )
    best = BestSoFar.model_validate(
        {
            "epoch": line.epoch,
            "clean_accuracy": clean,
            "robust_accuracy": robust,
            "judged_on": "validation" if held_out else "monitored",
        }
    )
    return _value(metric or "mean", best.clean_accuracy, best.robust_accuracy), best


def is_stale(log: Sequence[Epoch], chosen: Chosen | None, patience: int | None) -> bool:
    """Whether so many epochs brought no better one that the training should end."""
    return patience is not None and chosen is not None and log[-1].epoch - chosen.epoch >= patience


def collapse(log: Sequence[Epoch], num_classes: int, *, monitored: bool) -> str | None:
    """How far the last epoch fell, when its network has stopped telling classes apart: near chance, from far above.

    The validation split shows it; without one the `monitored` training images do, which are asked only of a training
    that has gone back before: a loss that was no number may come again as a dead network.
    """
    first, last, where = log[0].validation_clean, log[-1].validation_clean, "the validation split"
    if (first is None or last is None) and monitored:
        first, last, where = log[0].clean_accuracy, log[-1].clean_accuracy, "the monitored training images"
    if first is None or last is None or last >= min(1.5 / num_classes, first / 4):
        return None
    return f"clean accuracy on {where} fell from {first:.3f} to {last:.3f}"

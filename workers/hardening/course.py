"""How far a hardening is as a whole: its phases come one after the other, each with its share of the work."""

import math

from openapi.hardening_methods import METHODS
from openapi.hardening_options import HardenOptions
from workers.hardening.deciding import TRIAL_IMAGES, TRIED
from workers.hardening.frontier import HALVINGS, SHARES
from workers.hardening.meansparse import TRIED as SPARSITIES
from workers.hardening.watch import MONITORED, Report

#: The phases in their order, by the names that are reported.
PHASES = (
    "try export", "weigh layers", "try", "select neurons", "fix adversaries", "harden", "weigh", "choose", "export",
)  # fmt: skip
#: Writing checkpoints, and trying to, as a share of everything else.
_WRITING = 0.01
#: What training on a batch takes besides its adversaries, and judging an image besides its attack, in passes.
_TRAINING, _JUDGING = 2, 2


class Course:
    """Takes what the parts of a hardening report of themselves, and reports how much of the whole is done.

    Shares are of the passes that a phase makes, counted beforehand. What is reported is in the unit of the training,
    batches: what stands before and after it counts as the batches that take as long. It never goes back: a phase that
    comes again, or batches that are trained again after a setback, stand still until they are where they were.
    images: of the training set.
    """

    def __init__(self, report: Report, options: HardenOptions, images: int) -> None:
        self._report, self._options, self._images = report, options, images
        self._at, self._furthest = 0.0, 0
        self.planned(options.epochs)

    def planned(self, epochs: int) -> None:
        """Take the number of epochs that a budget has become."""
        options = self._options.model_copy(update={"epochs": epochs})
        self._passes, self._epochs = passes(options, self._images), epochs
        self._whole, trained = sum(self._passes.values()), self._passes["harden"]
        self._batches = max(1, round((1 - options.validation) * self._images) // options.batch_size)
        self._total = float(max(1, round(self._batches * self._epochs * self._whole / trained))) if trained else 100.0
        self._unit = "batches" if trained else "percent"

    def begin_at(self, epoch: int, batch: int) -> None:
        """Count what an earlier attempt had done, up to a batch of an epoch that is counted from 1."""
        done = epoch - 1 + min(1.0, batch / self._batches) if epoch > 0 else 0.0
        self._at = self.share("harden", min(1.0, done / self._epochs))

    def share(self, phase: str, part: float) -> float:
        """How much of the whole is done when a part of a phase is."""
        before = sum(self._passes[name] for name in PHASES[: PHASES.index(phase)])
        return (before + self._passes[phase] * part) / self._whole

    def report(self, done: float, total: float, unit: str, phase: str | None) -> None:
        """Take what a phase says of itself; `unit` is its own."""
        if phase in PHASES and total > 0 and (at := PHASES.index(phase)) >= self._furthest:
            self._furthest = at
            self._at = max(self._at, self.share(phase, min(1.0, done / total)))
        # Rounded up, so that a total which has changed takes nothing back.
        done = min(self._total, math.ceil(100 * self._at * self._total - 1e-6) / 100)
        self._at = max(self._at, done / self._total)
        self._report(done, self._total, self._unit, phase)


def passes(options: HardenOptions, images: int) -> dict[str, float]:
    """Phase → about how many passes of one image it makes, forward and back; images: of the training set."""
    method, full = METHODS[options.method], max(10, options.steps) + _JUDGING
    held_out = options.validation * images
    trained = images - held_out
    steps = options.steps if method.adversarial and options.adversary == "fresh" else 0
    times = options.steps if options.adversary == "free" else 1
    an_image = times * (steps + _TRAINING)
    judging = (min(MONITORED, trained) + held_out) * full
    short = min(TRIAL_IMAGES, images) * an_image
    trials = len(TRIED) * (options.lambda_choice == "search") + (
        _is_weighed(options) and options.criticality != "weights"
    )
    selects = method.kind != "edit" and options.selection in ("sensitive", "dynamic")
    walks = options.goal is not None or method.kind == "module"
    found = dict.fromkeys(PHASES, 0.0) | {
        "weigh layers": judging if _is_weighed(options) else 0.0,
        "try": trials * short,
        "select neurons": min(options.pairs, trained) * (options.steps + 1) if selects else 0.0,
        "fix adversaries": trained * options.steps if options.adversary == "fixed" else 0.0,
        "harden": 0.0 if method.kind == "edit" else options.epochs * (trained * an_image + judging),
        "weigh": (len(SHARES) + HALVINGS) * held_out * full if walks else 0.0,
        "choose": len(SPARSITIES) * judging if method.kind == "edit" else 0.0,
    }
    writing = _WRITING * sum(found.values())
    return found | {"try export": writing, "export": writing}


def _is_weighed(options: HardenOptions) -> bool:
    """Whether layers are weighed by their criticality."""
    return options.layers == "auto" or METHODS[options.method].kind == "module"

"""Who is told of a hardening while it runs."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from openapi.hardening_options import HardenOptions
from openapi.stages.harden import Epoch
from workers.hardening.saved import Moment
from workers.hardening.watch import Report


def _nobody(*told: object) -> None:
    pass


@dataclass(frozen=True)
class Watchers:
    """planned: takes what the options came to, before the training. report: how far it is.

    keep: takes what a training would have to start from if it ended here: after each epoch and, when `every` seconds
    have passed, after a batch. heard: takes each line of the log while the weights that it judges stand. underway:
    takes the epoch, and the mean losses of its batches so far. leave: called at every point of the frontier that is
    not delivered, where `keep_frontier` asks for it; None: nobody wants them.
    """

    report: Report = _nobody
    keep: Callable[[Moment], None] = _nobody
    every: float = 300.0
    leave: Callable[[float], None] | None = None
    heard: Callable[[Epoch], None] = _nobody
    underway: Callable[[int, npt.NDArray[np.float64]], None] = _nobody
    planned: Callable[[HardenOptions], None] = _nobody


#: For a training that nobody watches.
NOBODY = Watchers()

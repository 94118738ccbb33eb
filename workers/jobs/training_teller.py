"""What the stage `harden` tells of itself while it trains, and the best weights that it leaves if it is stopped."""

import logging
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch

from openapi.base import JsonObject
from openapi.hardening_options import HardenOptions
from openapi.stages.harden import BestSoFar, Epoch, HardenParams, Underway
from workers.hardening.choice import so_far
from workers.hardening.manifest import write_lines
from workers.hardening.saved import Moment, SavedBest
from workers.jobs.context import JobContext
from workers.models.audited import AuditedModel
from workers.models.export import write_safetensors
from workers.models.inserted_norms import folded

log = logging.getLogger(__name__)


class Teller:
    """Tells of the epochs of one training, and keeps the best weights in the scratch folder.

    A training that goes on at a checkpoint leaves from its first moment what it would have left before: the lines of
    the log, and the best of all epochs. moment: that checkpoint.
    """

    def __init__(self, ctx: JobContext[HardenParams], model: AuditedModel, moment: Moment | None = None) -> None:
        self._ctx, self._model = ctx, model
        self._options = ctx.params.harden
        self._line: Epoch | None = None
        self._value = float("-inf")
        self._best: BestSoFar | None = None
        self._log: list[JsonObject] = []
        if moment is not None:
            self._go_on(moment)

    def _go_on(self, moment: Moment) -> None:
        best, self._log = moment.best, list(moment.log)
        if self._log:
            self._line = Epoch.model_validate(self._log[-1])
            self._kept(self._ctx.log_so_far, lambda path: write_lines(path, self._log))
        if best is not None and self._kept(self._ctx.so_far, lambda path: best["file"].cpu().numpy().tofile(path)):
            self._value, self._best = best["value"], BestSoFar.model_validate(best["told"])
        self._tell(moment.epoch, (None, None, None))

    def best(self) -> SavedBest | None:
        """What the next attempt is to know of the best weights so far."""
        if self._best is None:
            return None
        try:
            file = torch.from_numpy(np.fromfile(self._ctx.so_far, np.uint8))
        except OSError as error:
            log.warning("the best weights so far cannot be read again: %s", error)
            return None
        return {"value": self._value, "told": self._best.dump(), "file": file}

    def planned(self, options: HardenOptions) -> None:
        """Take the options with what was found out before the training began."""
        self._options = options

    def heard(self, line: Epoch) -> None:
        """Tell of an epoch that was judged, whose weights stand."""
        self._line = line
        self._log_line(line)
        value, best = so_far(line, self._options.choose_by)
        if line.epoch > 0 and value > self._value and self._written():
            self._value, self._best = value, best
        self._tell(line.epoch, (line.loss, line.l_adv, line.l_sns))

    def underway(self, epoch: int, losses: npt.NDArray[np.float64]) -> None:
        """Tell of loss, L_adv and L_sns, means over the batches of the epoch so far."""
        loss, l_adv, l_sns = losses.tolist()
        self._tell(epoch, (loss, l_adv, l_sns))

    def _tell(self, epoch: int, losses: tuple[float | None, float | None, float | None]) -> None:
        seen = self._line
        told = Underway(
            epoch=epoch,
            epochs=self._options.epochs,
            loss=losses[0],
            l_adv=losses[1],
            l_sns=losses[2],
            clean_accuracy=None if seen is None else seen.clean_accuracy,
            robust_accuracy=None if seen is None else seen.robust_accuracy,
            validation_clean=None if seen is None else seen.validation_clean,
            validation_robust=None if seen is None else seen.validation_robust,
            best=self._best,
            method=self._options.method,
        )
        self._ctx.tell(told.dump())

    def _log_line(self, line: Epoch) -> None:
        """Keep the log with this line; those of a setback stay until the same epoch is there again."""
        self._log = [kept for kept in self._log if int(str(kept["epoch"])) < line.epoch] + [line.dump()]
        self._kept(self._ctx.log_so_far, lambda path: write_lines(path, self._log))

    def _written(self) -> bool:
        return self._kept(self._ctx.so_far, lambda path: write_safetensors(folded(self._model), path))

    def _kept(self, file: Path, write: Callable[[Path], None]) -> bool:
        """Whether a file for the case that the job does not end is there, in one move."""
        partial = file.with_name(file.name + ".partial")
        try:
            write(partial)
            os.replace(partial, file)
        except (OSError, RuntimeError) as error:
            log.warning("%s of a training cannot be kept: %s", file.name, error)
            return False
        finally:
            partial.unlink(missing_ok=True)
        return True

"""Where a training stands, taken and put back."""

import copy
from typing import TYPE_CHECKING

import numpy as np

from openapi.stages.harden import Epoch
from workers.hardening.choice import Chosen
from workers.hardening.frontier import Candidate
from workers.hardening.saved import Moment, copies, put

if TYPE_CHECKING:
    from workers.hardening.training import Hardener


def taken(of: "Hardener", epoch: int, batch: int = 0, begun: Moment | None = None, note: str | None = None) -> Moment:
    """All that decides how a training goes on from before batch `batch` of `epoch`."""
    average = of.average
    return Moment(
        epoch,
        batch,
        copies(of.weights),
        copy.deepcopy(of.steps.optimizer.state_dict()),
        of.generator.get_state(),
        dict(of.steps.omega),
        average=None if average is None else copies(average.values),
        average_steps=0 if average is None else average.steps,
        sums=tuple(of.sums.tolist()),
        lr_scale=of.steps.lr_scale,
        rolled_back=of.rolled_back,
        log=[line.dump() for line in of.log],
        chosen=None if of.chosen is None else of.chosen.saved(),
        note=note,
        start=None if begun is None else dict(vars(begun)),
        factors=None if of.steps.factors is None else dict(of.steps.factors),
        micro=of.steps.micro,
        candidate=None if of.candidate is None else of.candidate.saved(),
    )


def put_back(of: "Hardener", moment: Moment) -> None:
    """Let a training stand where this moment was."""
    put(of.weights, moment.weights)
    of.steps.optimizer.load_state_dict(copy.deepcopy(moment.optimizer))
    of.generator.set_state(moment.generator.cpu())
    of.steps.omega, of.steps.factors, of.steps.micro = dict(moment.omega), moment.factors, moment.micro
    if of.average is not None and moment.average is not None:
        of.average.values, of.average.steps = copies(moment.average), moment.average_steps
    of.sums, of.steps.lr_scale = np.array(moment.sums), moment.lr_scale
    of.rolled_back = moment.rolled_back
    of.log = [Epoch.model_validate(line) for line in moment.log]
    of.chosen = None if moment.chosen is None else Chosen(**moment.chosen)
    of.candidate = None if moment.candidate is None else Candidate(**moment.candidate)

"""What a training does when an epoch cannot go on: it stands at the epoch's beginning again, more carefully."""

from typing import TYPE_CHECKING

import torch

from openapi.problems import JobFailed, MemoryLimit
from workers.hardening.averaging import training_norms
from workers.hardening.saved import Moment
from workers.hardening.standing import put_back

if TYPE_CHECKING:
    from workers.hardening.training import Hardener

#: How often a training whose loss is no number any more goes back to its last epoch, with half the learning rate.
MOST_ROLLBACKS = 3


def roll_back(of: "Hardener", begun: Moment, what: str) -> str:
    """Go back to the beginning of the epoch with half the learning rate; the note for its line of the log."""
    options = of.options
    of.rolled_back += 1
    if of.rolled_back > MOST_ROLLBACKS:
        weight = f" or lambda ({options.lambda_:g})" if of.steps.stabilises else ""
        raise JobFailed(
            f"{what}; lower lr ({options.lr:g}){weight}, set max_grad_norm (e.g. 1), "
            f"or raise warmup (e.g. 0.5). The training went back {MOST_ROLLBACKS} times and halved lr each time"
        )
    times, scale = of.rolled_back, of.steps.lr_scale / 2
    put_back(of, begun)
    of.rolled_back, of.steps.lr_scale = times, scale
    return f"{what}: went back to the epoch's beginning with {scale:g} of the learning rate"


def in_smaller_pieces(of: "Hardener", begun: Moment, error: BaseException) -> str:
    """Go back to the beginning of the epoch, with half as many images a pass; the note for its line of the log."""
    rows = half_of_a_pass(of, error)
    put_back(of, begun)
    of.steps.micro = rows
    norms = "; batch norms use the statistics of these" if training_norms(of.model) else ""
    return f"memory ran out: batches pass in pieces of {rows} images from here on{norms}"


def half_of_a_pass(of: "Hardener", error: BaseException) -> int:
    """Half as many images as a pass of this training has; raises what `half` raises."""
    return half(min(of.options.batch_size, len(of.data)) if of.steps.micro is None else of.steps.micro, error)


def half(rows: int, error: BaseException) -> int:
    """Half as many images a pass, where `rows` were too many; `MemoryLimit` where these were one."""
    if rows < 2:
        raise MemoryLimit("One image with its adversary does not fit into this worker's memory") from error
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
    return -(-rows // 2)

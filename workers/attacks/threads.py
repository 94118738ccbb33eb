"""How many of torch's threads a small model's passes are worth: often one."""

import contextlib
from collections.abc import Iterator

import torch
from torch import Tensor
from torch.utils.flop_counter import FlopCounterMode

from workers.attacks.victim import Logits

#: Forward operations of one batch below which a second thread costs more than it brings. Seen on two cores, both ways,
#: ms on the clock with one and with two threads: 0.12 GFLOP 8.2 and 10.3, 0.94 GFLOP 31 and 36, 5.2 GFLOP 170 and 139,
#: 40 GFLOP 973 and 588. Counted, not timed, so that it is the same choice everywhere.
_LITTLE = 2e9


def operations(model: Logits, example: Tensor) -> float:
    """Return the floating-point operations of one image's forward pass (matrix products and convolutions).

    example: (m, c, h, w) images; they go through the model once.
    """
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        model(example)
    return float(counter.get_total_flops()) / len(example)


@contextlib.contextmanager
def fitting_threads(model: Logits, example: Tensor, rows: int) -> Iterator[None]:
    """Let passes of `rows` images run on one thread where they are too small for more (a CPU alone); then undone."""
    before = torch.get_num_threads()
    if example.device.type != "cpu" or before == 1:
        yield
        return
    torch.set_num_threads(1)
    try:
        if operations(model, example[:1]) * rows >= _LITTLE:
            torch.set_num_threads(before)
        yield
    finally:
        torch.set_num_threads(before)

"""How many of torch's threads a small model's passes are worth: often one."""

import contextlib
from collections.abc import Iterator

import torch

#: Forward operations of one batch below which a second thread costs more than it brings. Seen on two cores, both ways,
#: ms on the clock with one and with two threads: 0.12 GFLOP 8.2 and 10.3, 0.94 GFLOP 31 and 36, 5.2 GFLOP 170 and 139,
#: 40 GFLOP 973 and 588. Counted, not timed, so that it is the same choice everywhere.
_LITTLE = 2e9


@contextlib.contextmanager
def fitting_threads(operations: float) -> Iterator[None]:
    """Let passes of so many floating-point operations (forward) run on one thread where they are too small for more;
    then undone."""
    before = torch.get_num_threads()
    if operations < _LITTLE:
        torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)

"""Adversarial weight perturbation (AWP; Wu et al., NeurIPS 2020): the loss is taken at the weights' own worst move."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager

import torch
from torch import Tensor


@contextmanager
def perturbed(
    parameters: Sequence[torch.nn.Parameter],
    buffers: Sequence[Tensor],
    terms: Iterable[Callable[[], Tensor]],
    gamma: float,
    add: Callable[[Iterable[Tensor]], None] = lambda gradients: None,
) -> Iterator[None]:
    """Within, each weight w is w + γ ‖w‖ g/‖g‖ with g the gradient of the loss (AWP, Eq. 8 and 10); afterwards w again.

    terms: the loss is their sum; each is computed and differentiated by itself. add: takes gradients of this process's
    terms, and leaves their sums over all that share the training.

    As in the authors' code it is biases and norms that do not move: parameters of one dimension. `buffers` (running
    statistics, which the pass that finds g would move) are put back before the body runs.
    """
    moved = [p for p in parameters if p.ndim > 1]
    kept = [b.clone() for b in buffers]
    gradients: list[Tensor | None] = [None] * len(moved)
    for term in terms:
        found = torch.autograd.grad(term(), moved, allow_unused=True)
        gradients = [b if a is None else a if b is None else a + b for a, b in zip(gradients, found, strict=True)]
    add(g for g in gradients if g is not None)
    weights = [p.detach().clone() for p in moved]
    with torch.no_grad():
        for buffer, value in zip(buffers, kept, strict=True):
            buffer.copy_(value)
        for p, g in zip(moved, gradients, strict=True):
            if g is not None:
                p.add_(g, alpha=float(gamma * p.norm() / g.norm().clamp_min(1e-20)))
    try:
        yield
    finally:
        with torch.no_grad():
            for p, value in zip(moved, weights, strict=True):
                p.copy_(value)

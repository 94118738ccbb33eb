"""The gradient of what has none: backward-pass differentiable approximation (Athalye et al. 2018)."""

from torch import Tensor


def straight_through(hard: Tensor, soft: Tensor) -> Tensor:
    """The value of `hard` to the last bit, with the gradient of `soft`."""
    return hard.detach() + (soft - soft.detach())

"""A linear layer that holds its weight both ways round, so that neither way reads it against its order in memory."""

from typing import Any

import torch
from torch import Tensor

#: Weights that are held twice, at most: in larger ones the order costs nothing.
MOST_WEIGHTS = 2**20


class _Linear(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, bias: Tensor | None, columns: Tensor) -> Tensor:
        ctx.save_for_backward(weight)
        return torch.mm(x, columns) if bias is None else torch.addmm(bias, x, columns)

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> Any:
        (weight,) = ctx.saved_tensors
        return torch.mm(grads[0].to(weight.dtype), weight), None, None, None


def linear(x: Tensor, weight: Tensor, bias: Tensor | None, columns: Tensor) -> Tensor:
    """Return x (…, i) times weight (o, i) plus bias (o,); differentiable with respect to x alone.

    columns: (i, o), the weight's other face, contiguous.
    """
    if x.ndim != 2:
        return torch.nn.functional.linear(x, weight, bias)
    result: Tensor = _Linear.apply(x, weight, bias, columns)  # type: ignore[no-untyped-call]
    return result

"""A ReLU of which some channels are turned down, at the cost of these channels alone."""

from typing import Any

import torch
from torch import Tensor


def scaled_relu(z: Tensor, chosen: Tensor, beta: Tensor, channel: int, in_place: bool = False) -> Tensor:
    """max(z, 0), times beta in the `chosen` (k,) places along dimension `channel`; a node of suppressed graphs.

    The same bits, gradients included, as a multiplication of the whole ReLU by a factor that is 1 elsewhere, which
    would read and write every number twice more. beta: () in [0, 1]. in_place: z, which nobody else reads, is written
    over.
    Gradients are of first order.
    """
    found: Tensor = _ScaledRelu.apply(z, chosen, beta, channel, in_place)  # type: ignore[no-untyped-call]
    return found


class _ScaledRelu(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, z: Tensor, chosen: Tensor, beta: Tensor, channel: int, in_place: bool) -> Tensor:
        if in_place:
            ctx.mark_dirty(z)
        out = torch.relu_(z) if in_place else torch.relu(z)
        kept = out.index_select(channel, chosen)
        scale = beta.to(out.dtype)
        out.index_copy_(channel, chosen, kept * scale)
        ctx.channel = channel
        # Of the chosen channels the ReLU is kept as it was: beta may be 0.
        ctx.save_for_backward(out, kept, chosen, scale.clone())
        return out

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> Any:
        (grad,) = grads
        out, kept, chosen, scale = ctx.saved_tensors
        found = torch.ops.aten.threshold_backward(grad, out, 0)
        own = torch.ops.aten.threshold_backward(grad.index_select(ctx.channel, chosen), kept, 0)
        found.index_copy_(ctx.channel, chosen, own.mul_(scale))
        return found, None, None, None, None

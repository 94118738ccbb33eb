"""A training that several processes share: each passes its part of every batch, and all move by the same gradient.

The processes are those of `torch.distributed` where a launcher has made a group of them, else this one is alone.
Batches, augmentations and random starts are drawn alike by all, so that the weights are those of one process with the
same batch, up to the order of sums.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor, fx

from openapi.problems import InvalidField
from workers.models.audited import AuditedModel
from workers.models.graphs import op_name

#: Whether norms take their statistics over the images of all processes just now.
_together = False


@dataclass(frozen=True)
class Ranks:
    """Which of how many processes this is."""

    rank: int = 0
    size: int = 1

    @classmethod
    def here(cls) -> "Ranks":
        """As the launcher has set them up; one alone without one."""
        return cls(dist.get_rank(), dist.get_world_size()) if dist.is_available() and dist.is_initialized() else cls()

    @property
    def alone(self) -> bool:
        """Whether there is no other."""
        return self.size == 1

    def rows(self, n: int) -> slice:
        """This process's part of a batch of n; raises `InvalidField` where it is too small for all."""
        if n < self.size:
            raise InvalidField("/batch_size", f"a batch of {n} images cannot be shared by {self.size} processes")
        return slice(self.rank * n // self.size, (self.rank + 1) * n // self.size)

    def add(self, tensors: Iterable[Tensor]) -> None:
        """Replace each by its sum over all processes."""
        if self.alone:
            return
        parts = list(tensors)
        together = torch.cat([tensor.reshape(-1) for tensor in parts])
        dist.all_reduce(together)
        for tensor, total in zip(parts, together.split([tensor.numel() for tensor in parts]), strict=True):
            tensor.copy_(total.view_as(tensor))

    def agreed(self, find: Callable[[], Any]) -> Any:
        """What the first process finds, for all: clocks and rounding must not let them go different ways."""
        if self.alone:
            return find()
        found = [find() if self.rank == 0 else None]
        dist.broadcast_object_list(found)
        return found[0]

    @contextmanager
    def together(self) -> Iterator[None]:
        """Within, training norms of a `shared` network take their statistics over the images of all processes."""
        global _together
        _together = not self.alone
        try:
            yield
        finally:
            _together = False

    @contextmanager
    def shared(self, model: AuditedModel) -> Iterator[None]:
        """Within, the batch norms of a network are such as can be taken `together`."""
        norms: list[tuple[fx.Node, Any]] = []
        if not self.alone:
            norms = [(node, node.target) for node in model.graph.graph.nodes if op_name(node) == "batch_norm"]
            for node, _ in norms:
                node.target = batch_norm
            model.edited()
        try:
            yield
        finally:
            for node, target in norms:
                node.target = target
            if norms:
                model.edited()


def batch_norm(
    x: Tensor,
    weight: Tensor | None,
    bias: Tensor | None,
    mean: Tensor,
    variance: Tensor,
    training: bool,
    momentum: float,
    eps: float,
    cudnn: bool = False,
) -> Tensor:
    """`torch.batch_norm`, whose statistics are those of the images of all processes while they train `together`."""
    if not (training and _together):
        return torch.batch_norm(x, weight, bias, mean, variance, training, momentum, eps, cudnn)
    dims, shape = [0, *range(2, x.ndim)], [1, -1, *[1] * (x.ndim - 2)]
    count = _sum(torch.tensor([float(x.numel() // x.shape[1])], device=x.device))
    m = _sum(x.sum(dims)) / count
    centred = x - m.reshape(shape)
    v = _sum(centred.square().sum(dims)) / count
    with torch.no_grad():
        mean.lerp_(m, momentum)
        variance.lerp_(v * count / (count - 1), momentum)
    y = centred * (v + eps).rsqrt().reshape(shape)
    y = y if weight is None else y * weight.reshape(shape)
    return y if bias is None else y + bias.reshape(shape)


class _Sum(torch.autograd.Function):
    """A sum over all processes, of which each loss is a part: gradients are summed on the way back too."""

    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        total = x.clone()
        dist.all_reduce(total)
        return total

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> Tensor:
        total = grads[0].contiguous().clone()
        dist.all_reduce(total)
        return total


def _sum(x: Tensor) -> Tensor:
    found: Tensor = _Sum.apply(x)  # type: ignore[no-untyped-call]
    return found

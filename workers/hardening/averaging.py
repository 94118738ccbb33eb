"""The moving average of the weights over steps, and batch-norm statistics that belong to it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager

import torch
from torch import Tensor, fx

from workers.models.audited import AuditedModel
from workers.models.graphs import fetch, op_name

#: Positions among the arguments of ATen's batch norms.
_MEAN, _VARIANCE, _TRAINING, _MOMENTUM = 3, 4, 5, 6


class Average:
    """A moving average of parameters: a ← d a + (1 − d) w, with d = min(decay, (1 + t) / (10 + t)) at step t.

    The smaller d of the first steps keeps the weights that training began with from lasting (Polyak averaging as
    TensorFlow's `ExponentialMovingAverage` has it).
    """

    def __init__(self, parameters: Mapping[str, torch.nn.Parameter], decay: float) -> None:
        self._parameters, self._decay = parameters, decay
        self.values: dict[str, Tensor] = {name: p.detach().clone() for name, p in parameters.items()}
        self.steps = 0

    def update(self) -> None:
        """Take the present weights in."""
        decay = min(self._decay, (1 + self.steps) / (10 + self.steps))
        self.steps += 1
        for name, p in self._parameters.items():
            self.values[name].lerp_(p.detach(), 1 - decay)

    def put(self) -> None:
        """Let the network have the averages as its weights."""
        with torch.no_grad():
            for name, p in self._parameters.items():
                p.copy_(self.values[name])


@contextmanager
def restored(tensors: Iterable[Tensor]) -> Iterator[None]:
    """Put the values of these tensors back at the end."""
    kept = [(t, t.detach().clone()) for t in tensors]
    try:
        yield
    finally:
        with torch.no_grad():
            for t, value in kept:
                t.copy_(value)


def training_norms(model: AuditedModel) -> list[fx.Node]:
    """The batch norms that use the batch's statistics and update the running ones."""
    return [
        node
        for node in model.graph.graph.nodes
        if "batch_norm" in op_name(node) and len(node.args) > _MOMENTUM and node.args[_TRAINING] is True
    ]


def renew_statistics(model: AuditedModel, batches: Iterable[Tensor]) -> None:
    """Set the running statistics of the norms that train to the mean over batches of each batch's own.

    batches: images (n, c, h, w), as training sees them; equal sizes are assumed. Nothing is done without such norms.
    """
    nodes = training_norms(model)
    if not nodes:
        return
    buffers = [fetch(model.graph, str(node.args[at].target)) for node in nodes for at in (_MEAN, _VARIANCE)]  # type: ignore[union-attr]
    sums = [torch.zeros_like(b, dtype=torch.float64) for b in buffers]
    momenta = [node.args[_MOMENTUM] for node in nodes]
    count = 0
    _set_momenta(model, nodes, [1.0] * len(nodes))  # a running statistic is then the last batch's own
    try:
        with torch.no_grad():
            for x in batches:
                model(x)
                count += 1
                for total, buffer in zip(sums, buffers, strict=True):
                    total += buffer
            for total, buffer in zip(sums, buffers, strict=True):
                buffer.copy_(total / max(1, count))
    finally:
        _set_momenta(model, nodes, momenta)


def _set_momenta(model: AuditedModel, nodes: list[fx.Node], momenta: Sequence[object]) -> None:
    for node, momentum in zip(nodes, momenta, strict=True):
        args = list(node.args)
        args[_MOMENTUM] = momentum  # type: ignore[call-overload]
        node.args = tuple(args)
    model.graph.recompile()

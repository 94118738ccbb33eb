"""Features near their mean become the mean: an edit of a network that needs no training.

MeanSparse (Amini et al., arXiv:2406.05927): before an activation, a feature within alpha standard deviations of its
channel's mean over the training set is replaced by that mean, so that small changes of the image change nothing. Within
that range its gradient is zero: robustness must be measured with `workers.models.surrogate.straight_through_twin` too.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import torch
from torch import Tensor, fx

from openapi.problems import JobFailed
from workers.models.audited import AuditedModel
from workers.models.extra_outputs import with_nodes
from workers.models.graphs import aten, depends_on_input, op_name
from workers.models.taps import ACTIVATIONS


@dataclass(frozen=True)
class Centre:
    """What an activation reads: the node, mean and deviation of its channels in a shape that broadcasts."""

    node: str
    mean: Tensor
    std: Tensor


def centres(model: AuditedModel, batches: Iterable[Tensor]) -> list[Centre]:
    """Channel means and deviations of what the activations read, over images (n, c, h, w) in [0, 1] and positions.

    A channel is dimension 1, or the last one of three (tokens). Raises `JobFailed` for a network without activations.
    """
    names = _inputs_of_activations(model)
    if not names:
        raise JobFailed("this network has no activation function, before which features could be brought to their mean")
    function = with_nodes(model.graph.graph, names)
    sums: list[_Sums | None] = [None] * len(names)
    with torch.no_grad():
        for x in batches:
            _, values = function(model.graph, model.transform(x))
            sums = [_Sums.of(value).plus(before) for value, before in zip(values, sums, strict=True)]
    return [Centre(name, *found.moments()) for name, found in zip(names, sums, strict=True) if found is not None]


def sparsify(model: AuditedModel, found: Iterable[Centre], alpha: float) -> None:
    """Edit the network in place: what activations read is the channel's mean within alpha standard deviations of it."""
    graph = model.graph.graph
    nodes = {node.name: node for node in graph.nodes}
    for i, centre in enumerate(found):
        node = nodes[centre.node]
        mean, width = f"mean_sparse_{i}_mean", f"mean_sparse_{i}_width"
        model.graph.register_buffer(mean, centre.mean)
        model.graph.register_buffer(width, alpha * centre.std)
        users = [user for user in node.users if op_name(user).removesuffix("_") in ACTIVATIONS]
        with graph.inserting_after(node):
            at = graph.get_attr(mean)
        with graph.inserting_after(at):
            near = graph.get_attr(width)
        with graph.inserting_before(near.next):
            apart = graph.call_function(aten.sub.Tensor, (node, at))
            within = graph.call_function(aten.le.Tensor, (graph.call_function(aten.abs.default, (apart,)), near))
            sparse = graph.call_function(aten.where.self, (within, at, node))
        for user in users:
            user.replace_input_with(node, sparse)
    graph.lint()
    model.edited()


def _inputs_of_activations(model: AuditedModel) -> list[str]:
    """What activations read, once each, in order of execution."""
    live = depends_on_input(model.graph.graph)
    names = [
        source.name
        for node in model.graph.graph.nodes
        if op_name(node).removesuffix("_") in ACTIVATIONS and node in live
        for source in node.args[:1]
        if isinstance(source, fx.Node) and source.op == "call_function"
    ]
    return list(dict.fromkeys(names))


def _channel(value: Tensor) -> int:
    return 2 if value.ndim == 3 else 1


@dataclass(frozen=True)
class _Sums:
    """Count, sum and sum of squares of each channel, in float64; shape: in which a number a channel broadcasts."""

    count: int
    total: Tensor
    squares: Tensor
    shape: tuple[int, ...]

    @classmethod
    def of(cls, value: Tensor) -> "_Sums":
        wide = value.double().movedim(_channel(value), 0).flatten(1)
        shape = tuple(size if at == _channel(value) else 1 for at, size in enumerate(value.shape))
        return cls(wide.shape[1], wide.sum(1), wide.square().sum(1), shape)

    def plus(self, other: "_Sums | None") -> "_Sums":
        if other is None:
            return self
        return _Sums(self.count + other.count, self.total + other.total, self.squares + other.squares, self.shape)

    def moments(self) -> tuple[Tensor, Tensor]:
        """Mean and standard deviation."""
        mean = self.total / self.count
        std = (self.squares / self.count - mean.square()).clamp_min(0).sqrt()
        return mean.view(self.shape).float(), std.view(self.shape).float()

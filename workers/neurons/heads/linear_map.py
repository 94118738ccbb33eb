"""W and b of what stands between the numbers that the last layers read and the logits."""

import math
from collections.abc import Callable, Sequence
from typing import Literal

import torch
from torch import Tensor, fx

from workers.models.audited import AuditedModel
from workers.neurons.heads.walk import LayerNode, NoLastLayer, Recorded, behind, evaluate, logits_node

#: Weights beyond which a map that is not one layer's is not written out.
_MOST_WEIGHTS = 2**26
_UNITS_AT_ONCE = 2**24


def positions(layer: LayerNode, recorded: Recorded) -> int:
    """At how many positions of an image a layer gives its scores: h·w of a convolution, tokens of a linear layer."""
    shape, weight = recorded.shapes[layer.end], recorded.shapes[_weight(layer)]
    conv = len(weight) > 2
    return math.prod(shape[2:]) if conv else math.prod(shape[1:-1])


def averaged_map(
    model: AuditedModel, layer: LayerNode, recorded: Recorded
) -> tuple[Literal["averaged", "rectified"], Tensor, Tensor] | None:
    """W (classes, channels), b of a 1×1 convolution whose map, or the ReLU of it, is averaged; None for another."""
    read, scores = recorded.values[layer.reads], recorded.values[layer.end]
    if read.ndim < 3 or read.shape[2:] != scores.shape[2:]:
        return None
    channels = read.shape[1]
    units = torch.eye(channels, dtype=read.dtype, device=read.device)
    with torch.no_grad():
        units = units.reshape(channels, channels, *[1] * (read.ndim - 2))
        rows = evaluate(model, recorded, {layer.reads: torch.cat([units, torch.zeros_like(units[:1])])}, layer.end)
        if rows[0, 0].numel() != 1:
            return None
        rows = rows.flatten(1)
        # Scores of both signs, so that a ReLU shows.
        noise = torch.randn(scores.shape, generator=torch.Generator().manual_seed(2)).to(scores)
        z = evaluate(model, recorded, {layer.end: noise}).double()
    maps = noise.flatten(2).double()
    weight, bias = (rows[:-1] - rows[-1]).T, rows[-1]
    if z.shape == maps.shape[:2]:
        if torch.allclose(z, maps.mean(2), rtol=1e-4, atol=1e-6):
            return "averaged", weight, bias
        if torch.allclose(z, maps.relu().mean(2), rtol=1e-4, atol=1e-6):
            return "rectified", weight, bias
    return None


def linear_map(
    model: AuditedModel, last: Sequence[LayerNode], reads: Sequence[fx.Node], recorded: Recorded
) -> tuple[Tensor, Tensor]:
    """W (classes, inputs) and b (classes,) of everything from the nodes `reads`, flattened, to the logits.

    Exact (no rounding) where a layer's scores are the logits, whatever rearranges them. Whether the map is linear at
    all is for the caller to check.
    """
    with torch.no_grad():
        nothing = {node: torch.zeros_like(recorded.values[node]) for node in reads}
        bias = evaluate(model, recorded, nothing)[0].float()
    columns: dict[fx.Node, Tensor] = {}
    for layer in last:
        if positions(layer, recorded) > 1:
            return _jacobian(model, reads, recorded), bias
        own = _own_weight(model, layer, recorded)
        if behind(model.graph.graph, [layer.end], logits_node(model)):
            ends = {other.end: torch.zeros_like(recorded.values[other.end]) for other in last}
            own = (
                _rows(
                    lambda given, end=layer.end, ends=ends: evaluate(model, recorded, {**ends, end: given}),  # type: ignore[misc]
                    recorded.values[layer.end],
                )
                @ own
            )
        columns[layer.reads] = columns[layer.reads] + own if layer.reads in columns else own
    return torch.cat([columns[node] for node in reads], 1), bias


def _weight(layer: LayerNode) -> fx.Node:
    """The operand of a layer that holds its weights."""
    node = layer.node
    position = list(node.args).index(layer.reads) + 1
    weight = node.args[position]
    assert isinstance(weight, fx.Node)
    return weight


@torch.no_grad()
def _own_weight(model: AuditedModel, layer: LayerNode, recorded: Recorded) -> Tensor:
    """The layer's weight as (scores, inputs), read off its answers to unit vectors."""
    like = recorded.values[layer.reads][:1]
    inputs = like.numel()

    def answers(first: int, stop: int) -> Tensor:
        units = torch.zeros(stop - first, inputs, dtype=like.dtype, device=like.device)
        units[torch.arange(stop - first), torch.arange(first, stop)] = 1
        return evaluate(model, recorded, {layer.reads: units.reshape(-1, *like.shape[1:])}, layer.end).flatten(1)

    nothing = evaluate(model, recorded, {layer.reads: torch.zeros_like(like)}, layer.end).flatten(1)
    step = max(1, _UNITS_AT_ONCE // inputs)
    parts = [answers(first, min(inputs, first + step)) - nothing for first in range(0, inputs, step)]
    return torch.cat(parts).T.float()


def _rows(function: Callable[[Tensor], Tensor], like: Tensor) -> Tensor:
    """The gradient of each class's score at zero: (classes, numbers of an image), as many classes at once as rows."""
    rows = []
    done, classes = 0, 1
    while done < classes:
        given = torch.zeros_like(like, requires_grad=True)
        with torch.enable_grad():
            z = function(given)
            classes = z.shape[1]
            chosen = torch.arange(done, min(classes, done + len(like)))
            if not z.requires_grad:
                raise NoLastLayer("no gradient passes what stands behind the last layer")
            (grad,) = torch.autograd.grad(z[torch.arange(len(chosen)), chosen].sum(), given)
        rows.append(grad[: len(chosen)].flatten(1).float())
        done += len(chosen)
    return torch.cat(rows)


def _jacobian(model: AuditedModel, reads: Sequence[fx.Node], recorded: Recorded) -> Tensor:
    """The map from all that is read to the logits, class by class, where a layer gives scores at several positions."""
    inputs = sum(recorded.values[node][0].numel() for node in reads)
    classes = recorded.values[logits_node(model)].shape[1]
    if inputs * classes > _MOST_WEIGHTS:
        raise NoLastLayer(f"it reads {inputs} numbers for {classes} classes, more than can be told apart")
    zeros = {node: torch.zeros_like(recorded.values[node]) for node in reads}
    parts = [
        _rows(lambda given, node=node: evaluate(model, recorded, {**zeros, node: given}), recorded.values[node])  # type: ignore[misc]
        for node in reads
    ]
    return torch.cat(parts, 1)

"""Batch norms put back behind convolutions into which an exporter has folded them, for as long as a network trains.

A norm is inserted with the statistics of images and the scale and shift that undo them, so that the network's function
stays what it is; after the training it is folded into its convolution again, which then has its old place and names.
"""

import copy
from collections.abc import Collection, Iterable
from typing import Any, NamedTuple

import torch
from torch import Tensor, fx, nn

from workers.models.audited import AuditedModel
from workers.models.graphs import fetch, op_name

_PREFIX = "inserted_norm_"
_PARTS = ("weight", "bias", "mean", "variance")
_MOMENTUM, _EPS = 0.1, 1e-5


class _Place(NamedTuple):
    """A convolution that a norm can stand behind, with its layer's name."""

    layer: str
    conv: fx.Node


def is_inserted(parameter: str) -> bool:
    """Whether a parameter of this name belongs to an inserted norm."""
    return parameter.startswith(_PREFIX)


@torch.no_grad()
def insert_norms(model: AuditedModel, batches: Iterable[Tensor], layers: Collection[str]) -> int:
    """Put a norm behind each convolution of `layers` that has a bias and no norm, in place; return how many.

    batches: images (n, c, h, w) in [0, 1] whose activations give the statistics.
    """
    places = [place for place in _places(model) if place.layer in layers]
    if not places:
        return 0
    statistics = _statistics(model, [place.layer for place in places], batches)
    graph = model.graph
    for i, (layer, conv) in enumerate(places):
        mean, variance = statistics[layer]
        own = ((variance + _EPS).sqrt(), mean.clone(), mean, variance)
        for part, value in zip(_PARTS, own, strict=True):
            if part in ("weight", "bias"):
                graph.register_parameter(f"{_PREFIX}{i}_{part}", nn.Parameter(value))
            else:
                graph.register_buffer(f"{_PREFIX}{i}_{part}", value)
        with graph.graph.inserting_after(conv):
            norm = graph.graph.call_function(torch.ops.aten.batch_norm.default, (conv,))
        with graph.graph.inserting_before(norm):
            names = [graph.graph.get_attr(f"{_PREFIX}{i}_{part}") for part in _PARTS]
        norm.args = (conv, *names, False, _MOMENTUM, _EPS, False)
        conv.replace_all_uses_with(norm, delete_user_cb=lambda user, keep=norm: user is not keep)  # type: ignore[misc]
    model.edited()
    return len(places)


@torch.no_grad()
def fold_norms(model: AuditedModel, frozen: Collection[str] = ()) -> None:
    """Fold all inserted norms into their convolutions, in place; those of `frozen` weights, which did not train, go."""
    graph = model.graph
    for norm in list(graph.graph.nodes):
        if op_name(norm) != "batch_norm" or not is_inserted(str(norm.args[1].target)):
            continue
        conv, *names = norm.args[:5]
        weight, bias = (fetch(graph, str(node.target)) for node in conv.args[1:3])
        if str(conv.args[1].target) not in frozen:
            scale, shift, mean, variance = (fetch(graph, str(node.target)).double() for node in names)
            factor = scale * (variance + _EPS).rsqrt()
            bias.copy_((bias.double() - mean) * factor + shift)
            weight.copy_(weight.double() * factor.view(-1, *[1] * (weight.ndim - 1)))
        norm.replace_all_uses_with(conv)
        graph.graph.erase_node(norm)
        for node in names:
            graph.graph.erase_node(node)
            delattr(graph, str(node.target))
    model.edited()


def folded(model: AuditedModel) -> AuditedModel:
    """A copy with its inserted norms folded; the model itself where it has none."""
    if not any(is_inserted(name) for name, _ in model.graph.named_parameters()):
        return model
    plain = copy.deepcopy(model)
    fold_norms(plain)
    return plain


def _places(model: AuditedModel) -> Iterable[_Place]:
    nodes = {node.name: node for node in model.graph.graph.nodes}
    readers: dict[str, int] = {}
    for node in nodes.values():
        if node.op == "get_attr":
            readers[str(node.target)] = readers.get(str(node.target), 0) + len(node.users)
    for info in model.layers:
        point = model.layer(info.name).taps["conv"]
        conv = nodes[point.node]
        plain = (point.batch, point.repeat, point.channel) == (0, 1, 1) and not conv.kwargs and len(conv.args) > 2
        if not info.norm_folded or not plain or not op_name(conv).startswith(("conv1d", "conv2d", "conv3d")):
            continue
        own: list[Any] = list(conv.args[1:3])
        if all(isinstance(a, fx.Node) and a.op == "get_attr" and readers[str(a.target)] == 1 for a in own):
            yield _Place(info.name, conv)


def _statistics(model: AuditedModel, layers: list[str], batches: Iterable[Tensor]) -> dict[str, tuple[Tensor, Tensor]]:
    """Mean and variance of each channel before the norm, over all images and places, float32."""
    tapped = model.tapped("conv", layers)
    sums: dict[str, list[Any]] = {}
    for x in batches:
        for name, value in tapped(x)[1].items():
            flat = value.double().flatten(2).transpose(0, 1).flatten(1)
            found = [flat.shape[1], flat.sum(1), flat.square().sum(1)]
            sums[name] = [a + b for a, b in zip(sums[name], found, strict=True)] if name in sums else found
    result = {}
    for name, (count, total, squares) in sums.items():
        mean = total / count
        result[name] = (mean.float(), (squares / count - mean.square()).clamp_min(0).float())
    return result

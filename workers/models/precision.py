"""A network in the precision of its file: half where that is, though audits and trainings compute in float32."""

import copy
from typing import Any

import torch
from torch import Tensor, fx

from workers.models.audited import AuditedModel

_HALVES = (torch.float16, torch.bfloat16)


def half_of(model: AuditedModel) -> torch.dtype | None:
    """The half precision that the file keeps its weights in; None where it keeps others."""
    return model.origin.precision if model.origin.precision in _HALVES else None


def taken_dtype(model: AuditedModel, precision: torch.dtype | None) -> torch.dtype:
    """What a program of that precision takes: half where the upload took half, else what the graph computes in."""
    half = precision is not None and model.file_input.dtype in _HALVES
    return precision if half and precision is not None else model.file_input.compute_dtype


def network(model: AuditedModel, precision: torch.dtype | None) -> fx.GraphModule:
    """A copy of the network on the CPU; with a half precision all of its weights and arithmetic are in that.

    It then takes `taken_dtype` and returns the same.
    """
    graph = copy.deepcopy(model.graph).cpu()
    if precision is None:
        return graph
    graph.to(precision)
    nodes = graph.graph
    for node in nodes.nodes:
        node.args = fx.node.map_aggregate(node.args, lambda value: _halved(value, precision))
        node.kwargs = fx.node.map_aggregate(node.kwargs, lambda value: _halved(value, precision))
    taken = taken_dtype(model, precision)
    if taken != precision:
        _cast_at_the_ends(nodes, taken, precision)
    graph.recompile()
    return graph


def rounded(tensor: Tensor, precision: torch.dtype) -> Tensor:
    """The nearest numbers that a half precision has, in the tensor's own; what is too large becomes its largest.

    An infinite weight would make the network's answers NaN.
    """
    most = torch.finfo(precision).max
    return tensor.clamp(-most, most).to(precision).to(tensor.dtype)


def _halved(value: Any, precision: torch.dtype) -> Any:
    return precision if value == torch.float32 and isinstance(value, torch.dtype) else value


def _cast_at_the_ends(graph: fx.Graph, taken: torch.dtype, precision: torch.dtype) -> None:
    to = torch.ops.aten.to.dtype
    image = next(node for node in graph.nodes if node.op == "placeholder")
    with graph.inserting_after(image):
        inside = graph.call_function(to, (image, precision))
    image.replace_all_uses_with(inside, delete_user_cb=lambda user: user is not inside)
    output = graph.output_node()
    with graph.inserting_before(output):
        output.args = (graph.call_function(to, (output.args[0], taken)),)

"""A graph as TorchScript: compiled from its own code, so that sizes stay numbers and no example is burnt in."""

import copy
import hashlib
import math
import operator
import warnings
from typing import Any

import torch
from torch import fx

from workers.models.graphs import op_name

#: Functions on sizes, and what TorchScript calls them.
_SIZES: dict[Any, Any] = {
    torch.sym_float: float, torch.sym_int: int, torch.sym_max: max, torch.sym_min: min, torch.sym_not: operator.not_,
    math.trunc: int, getattr(torch, "_sym_sqrt", None): math.sqrt,
}  # fmt: skip


def scripted(module: fx.GraphModule) -> torch.jit.ScriptModule:
    """Compile a copy of a graph ``f(x)`` of ATen operators; parameters and buffers keep their names.

    Raises `RuntimeError` with TorchScript's reason where it has no such operator.
    """
    network = copy.deepcopy(module).cpu().requires_grad_(False)
    graph = network.graph
    for node in list(graph.nodes):
        if node.op != "call_function":
            continue
        if op_name(node) == "sym_size":
            node.target = torch.ops.aten.size
        elif isinstance(node.target, torch._ops.OpOverload):
            node.target = node.target.overloadpacket  # TorchScript chooses among overloads by types, as the file will
        else:
            node.target = _SIZES.get(node.target, node.target)
        node.args = fx.node.map_aggregate(node.args, lambda value, at=node: _constant(graph, at, value))  # type: ignore[misc]
        node.kwargs = fx.node.map_aggregate(node.kwargs, lambda value, at=node: _constant(graph, at, value))  # type: ignore[misc]
    _name_source(graph)
    network.recompile()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        script: torch.jit.ScriptModule = torch.jit.script(network)
    return script


def _name_source(graph: fx.Graph) -> None:
    """Name the graph's source by its content: torch would number it, and TorchScript writes the name into the file.

    Who has compiled more graphs before would write other bits.
    """
    digest = hashlib.sha256(graph.python_code("self").src.encode()).hexdigest()
    graph._co_fields = {"co_filename": f"<network>.{digest[:16]}"}


def _constant(graph: fx.Graph, node: fx.Node, value: Any) -> Any:
    """What TorchScript cannot read as a literal, in a form that it can."""
    if isinstance(value, torch.device):
        return value.type
    if isinstance(value, float) and not math.isfinite(value):
        with graph.inserting_before(node):
            return graph.call_function(float, (str(value),))
    return value

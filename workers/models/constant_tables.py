"""Tables that a program fills in place afresh at each call, the same for every image: Swin's masks of shifted windows.

torch's ONNX exporter loses the form of what is written into them. They are computed once and become constants.
"""

from itertools import count
from typing import Any

import torch
from torch import Tensor, fx, nn
from torch.fx.node import map_arg

from workers.models.graphs import fetch, is_mutable, op_name, written_bases

#: Operators that take no numbers of their argument, and no form.
_NEW = {"new_zeros", "new_ones", "new_full", "new_empty"}


def constant_tables(graph: fx.Graph, module: nn.Module) -> dict[str, Tensor]:
    """Replace what is written in place without the image by constants; returns them by the names that `graph` reads."""
    known: dict[fx.Node, Any] = {}
    written: set[fx.Node] = set()
    tables: dict[str, Tensor] = {}
    with torch.no_grad():
        for node in list(graph.nodes):
            if node.op == "get_attr" and not isinstance(tensor := fetch(module, str(node.target)), nn.Parameter):
                known[node] = tensor.clone()
            elif _is_known(node, known):
                known[node] = _computed(node, known)
                written.update(written_bases(node.args[0]) if is_mutable(node) else ())
                written.update([node] if any(arg in written for arg in node.all_input_nodes) else ())
            else:
                for arg in [arg for arg in node.all_input_nodes if arg in written and isinstance(known[arg], Tensor)]:
                    node.replace_input_with(arg, _constant(graph, node, known[arg], tables))
    for node in reversed([node for node in graph.nodes if tables and node in known and not node.users]):
        graph.erase_node(node) if not node.users else None
    return tables


def _is_known(node: fx.Node, known: dict[fx.Node, Any]) -> bool:
    """Whether an operator gives the same at each call: all that it reads does, and it draws nothing at random."""
    if not isinstance(node.target, torch._ops.OpOverload) or torch.Tag.nondeterministic_seeded in node.target.tags:
        return False
    read = node.all_input_nodes[1:] if op_name(node) in _NEW else node.all_input_nodes
    return all(arg in known for arg in read)


def _computed(node: fx.Node, known: dict[fx.Node, Any]) -> Any:
    target: Any = node.target
    args, kwargs = map_arg((node.args, node.kwargs), lambda arg: known.get(arg, _ANY))
    return target(*args, **kwargs)


#: Stands for the image where only its kind of numbers is read.
_ANY = torch.empty(0)


def _constant(graph: fx.Graph, user: fx.Node, value: Tensor, tables: dict[str, Tensor]) -> fx.Node:
    taken = {*tables, *(node.target for node in graph.nodes if node.op == "get_attr")}
    name = next(name for i in count() if (name := f"table_{i}") not in taken)
    tables[name] = value.clone()
    with graph.inserting_before(user):
        return graph.create_node("get_attr", name)

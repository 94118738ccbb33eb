"""Exported program → graph without in-place operators, run-time checks and dropout.

An operator that writes into a tensor which no view shares becomes its functional twin, one that writes into a slice or
selection its twin and scatters (`part_writes`). Where other views share the memory torch functionalises the whole
program: a view is written back by a scatter.
What a program writes into its own buffers or into its input is seen by the rest of the call, and dropped at its end.
"""

from typing import Any

import torch
from torch import fx
from torch.export import ExportedProgram

from workers.models.graphs import (
    aten,
    depends_on_input,
    is_mutable,
    is_view,
    op_name,
    quick_export,
    quiet_export,
    written_bases,
)
from workers.models.part_writes import seen_later, write_part
from workers.models.whole_numbers import pass_whole_numbers

#: The end of a slice that has none.
_NO_END = 2**63 - 1


def clean_graph(program: ExportedProgram) -> tuple[fx.GraphModule, Any, list[str]]:
    """Return the program as a functional GraphModule ``f(x)``, its output (nodes in the structure that it returns), and
    the steps through which its gradient is an estimate.

    Parameters and buffers keep their names; every node keeps ``meta['val']`` with its symbolic shape.
    """
    with quiet_export():
        graph_module = program.module(check_guards=False)
        _strip(graph_module.graph)
        if not _functional(graph_module.graph):
            with quick_export():
                graph_module = program.run_decompositions({}).module(check_guards=False)
            _drop_state(graph_module.graph)
            _strip(graph_module.graph)
            _functional(graph_module.graph)
        _written_out(graph_module.graph)
        _plain_norms(graph_module.graph)
        _contiguous_norms(graph_module.graph)
        steps = pass_whole_numbers(graph_module.graph)
    assert isinstance(graph_module, fx.GraphModule)
    graph = graph_module.graph
    out_node = graph.output_node()
    spec = graph_module._out_spec
    output = torch.utils._pytree.tree_unflatten(list(out_node.args[0]), spec)  # type: ignore[arg-type]
    graph._codegen = fx.graph.CodeGen()
    return graph_module, output, steps


def _functional(graph: fx.Graph) -> bool:
    """Replace in-place operators by their functional twins; False where views or state make that unsafe."""
    order = {node: i for i, node in enumerate(graph.nodes)}
    varying = depends_on_input(graph)
    for node in list(graph.nodes):
        target = node.target
        if not is_mutable(node):
            continue
        name = op_name(node)
        if name.startswith("batch_norm") or "_native_batch_norm" in name or name == "instance_norm":
            continue  # they write running statistics alone, and only in training mode
        written = node.args[0] if node.args else None
        if isinstance(written, fx.Node) and written_bases(written)[-1].op == "get_attr":
            return False  # state of the program, which must not outlive the call
        if node not in varying:
            continue  # a mask or table that each call makes afresh, such as Swin's
        twin = getattr(getattr(aten, name.removesuffix("_"), None), target._overloadname, None)
        if not name.endswith("_") or twin is None or not isinstance(written, fx.Node):
            return False
        if is_view(written) and written.op == "call_function":
            if not write_part(graph, node, twin, order):
                return False
            continue
        if seen_later(written, {node}, order[node], order):
            return False
        _twin(graph, node, twin, written, order)
    return True


def _twin(graph: fx.Graph, node: fx.Node, twin: Any, written: fx.Node, order: dict[fx.Node, int]) -> None:
    """Let `node` compute by its functional twin what it wrote into the whole of `written`."""
    value, now = node, order[node]
    node.target = twin
    if any(arg.meta["val"].dtype != written.meta["val"].dtype for arg in node.all_input_nodes if "val" in arg.meta):
        with graph.inserting_after(node):
            value = _call(graph, aten.to.dtype, (node, written.meta["val"].dtype))
        node.replace_all_uses_with(value, delete_user_cb=lambda user: user is not value)
        order[value] = now
    for user in [user for user in written.users if order[user] > now]:
        user.replace_input_with(written, value)


def _drop_state(graph: fx.Graph) -> None:
    """Take off what functionalisation writes back into buffers and the input when the call ends."""
    for node in list(graph.nodes):
        held = isinstance(node.args[0], fx.Node) and node.args[0].op in ("get_attr", "placeholder") if node.args else 0
        if held and op_name(node) == "copy_" and not node.users:
            graph.erase_node(node)


def _written_out(graph: fx.Graph) -> None:
    """Let what is written stand for ``copy``, which has no derivative, for ``fill``, ``zero`` and whole scatters."""
    for node in list(graph.nodes):
        name = op_name(node)
        if name == "copy" or (name == "slice_scatter" and _is_whole(node)) or node.target is aten.fill.Tensor:
            _replace(graph, node, node.args[0], node.args[1])
        elif name == "zero":
            node.target = aten.zeros_like.default
        elif name == "fill":
            node.target = aten.full_like.default


def _plain_norms(graph: fx.Graph) -> None:
    """Write batch norms on running statistics as ``batch_norm``, which training, folding and the writers know.

    torch's decompositions, and with them its functionalisation, leave a form that gives three results.
    """
    for node in list(graph.nodes):
        if op_name(node) != "_native_batch_norm_legit_no_training" or node.kwargs:
            continue
        if any(op_name(user) != "getitem" or user.args[1] != 0 for user in node.users):
            continue  # somebody reads the statistics as well
        x, weight, bias, mean, var, momentum, eps = node.args
        with graph.inserting_before(node):
            plain = _call(graph, aten.batch_norm.default, (x, weight, bias, mean, var, False, momentum, eps, False))
        for user in list(node.users):
            user.replace_all_uses_with(plain)
            graph.erase_node(user)
        graph.erase_node(node)


def _contiguous_norms(graph: fx.Graph) -> None:
    """Give batch norms their input in order of memory.

    torch 2.13's gradient of a batch norm is wrong for one image whose input is a transposed view (-59.1 where finite
    differences and two images give -64.7, also in float64).
    """
    for node in list(graph.nodes):
        if "batch_norm" not in op_name(node) or not isinstance(source := node.args[0], fx.Node):
            continue
        if not source.meta["val"].is_contiguous():
            with graph.inserting_before(node):
                node.replace_input_with(source, _call(graph, aten.contiguous.default, (source,)))


def _is_whole(node: fx.Node) -> bool:
    """Whether a scatter of a slice writes every element along its dimension."""
    given = (*node.args[3:], *(0, _NO_END, 1)[max(0, len(node.args) - 3) :])
    return bool(not node.kwargs and given[0] in (0, None) and given[1] in (_NO_END, None) and given[2] == 1)


def _replace(graph: fx.Graph, node: fx.Node, target: Any, source: Any) -> None:
    """Let `source`, in the form of the tensor that `node` computes, stand for `node`."""
    value, given = node.meta["val"], source.meta["val"]
    with graph.inserting_before(node):
        if given.dtype != value.dtype:
            source = _call(graph, aten.to.dtype, (source, value.dtype))
        if [str(size) for size in given.shape] != [str(size) for size in value.shape]:  # symbols, which no guard binds
            source = _call(graph, aten.expand_as.default, (source, target))
        if value.is_contiguous() and not source.meta["val"].is_contiguous():
            source = _call(graph, aten.contiguous.default, (source,))
    node.replace_all_uses_with(source)
    graph.erase_node(node)


def _call(graph: fx.Graph, target: Any, args: tuple[Any, ...]) -> fx.Node:
    node = graph.call_function(target, args)
    node.meta["val"] = target(*(arg.meta["val"] if isinstance(arg, fx.Node) else arg for arg in args))
    return node


def _strip(graph: fx.Graph) -> None:
    """Drop run-time checks and operators that do nothing in inference."""
    for node in list(graph.nodes):
        name = op_name(node)
        if "_assert" in name or name.startswith(("sym_constrain", "_guards_fn")) or node.target == "_guards_fn":
            graph.erase_node(node) if not node.users else None
        elif (name in {"dropout", "feature_dropout", "alpha_dropout"} and node.args[2] is False) or name in {
            "detach_", "lift_fresh_copy", "lift_fresh", "alias"
        }:  # fmt: skip
            node.replace_all_uses_with(node.args[0])
            graph.erase_node(node)
    graph.eliminate_dead_code()

"""torch.fx graphs of ATen operators: how they are exported, with a free batch size, and what their nodes are."""

import logging
import operator
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, fx, nn
from torch.export import Dim, ExportedProgram
from torch.fx.experimental import proxy_tensor

from openapi.problems import ModelRejected, TremorError
from workers.models.fake_kernels import quick_shapes
from workers.refusals import said, whole

aten = torch.ops.aten

#: Operators that return their first argument's storage: writing into their result writes into the argument.
_VIEWS = {
    "view", "reshape", "flatten", "unflatten", "slice", "select", "narrow", "transpose", "permute", "t", "numpy_T",
    "unsqueeze", "squeeze", "expand", "expand_as", "detach", "alias", "chunk", "split", "split_with_sizes", "unbind",
    "movedim", "contiguous", "to", "_to_copy", "view_as", "swapaxes", "unsafe_chunk", "unsafe_split", "diagonal",
    "getitem", "tensor_split", "reshape_as", "as_strided", "T", "mT", "adjoint", "lift_fresh_copy", "lift_fresh",
}  # fmt: skip


@contextmanager
def quiet_export() -> Iterator[None]:
    """Silence what torch.export says about its own deprecations and guards; errors still come as exceptions."""
    loggers = [
        logging.getLogger(name)
        for name in ("torch.export", "torch._export", "torch.fx", "torch._subclasses.fake_tensor")
    ]
    levels = [logger.level for logger in loggers]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for logger in loggers:
            logger.setLevel(logging.CRITICAL)
        try:
            yield
        finally:
            for logger, level in zip(loggers, levels, strict=True):
                logger.setLevel(level)


@contextmanager
def _less_work() -> Iterator[None]:
    """Leave out what nobody reads, a tenth of the time each: the Python lines that each node comes from (ours anyway),
    and a second description of its value beside ``meta['val']``."""
    traces, names = fx.config.do_not_emit_stack_traces, vars(proxy_tensor)
    describe = names["_extract_tensor_metadata"]
    fx.config.do_not_emit_stack_traces = True
    names["_extract_tensor_metadata"] = lambda value: None
    try:
        yield
    finally:
        fx.config.do_not_emit_stack_traces = traces
        names["_extract_tensor_metadata"] = describe


@contextmanager
def quick_export() -> Iterator[None]:
    """What makes torch's tracing of whole programs quicker, and changes nothing of what comes of it."""
    # Without torch's cache of shapes: with a free batch few come twice, and keeping them costs a fifth of the time.
    cacheless = torch._dynamo.config.patch(fake_tensor_cache_enabled=False)
    with quiet_export(), cacheless, quick_shapes(), _less_work():
        yield


def export_program(module: nn.Module, example: Tensor) -> ExportedProgram:
    """Run `torch.export` on a module of one tensor with a free first dimension.

    `example` needs at least 2 rows (0 and 1 are special cases to the exporter).
    Raises `ModelRejected` with torch's reason when the module cannot be traced so.
    """
    try:
        # With gradients on: torch's fast paths under no_grad would leave operators without a derivative.
        with quick_export(), torch.enable_grad():
            return torch.export.export(module, (example,), dynamic_shapes=({0: Dim("batch", min=1)},), strict=False)
    except TremorError:
        raise
    except Exception as error:
        text, cause = whole(error), said(error, 500)
        if "Constraints violated" in text or "batch" in cause:
            raise ModelRejected(
                f"the model only works for one batch size and cannot be freed of it: {text[:500]}"
            ) from error
        raise ModelRejected(f"torch.export cannot trace the model: {cause}") from error


def op_name(node: fx.Node) -> str:
    """Return the operator's bare name, e.g. ``relu_`` for ``aten.relu_.default``; '' for what is no call."""
    if node.op != "call_function":
        return ""
    target = node.target
    if isinstance(target, torch._ops.OpOverload):
        return str(target.overloadpacket.__name__).split(".")[-1]
    return str(getattr(target, "__name__", target))


def fetch(module: nn.Module, target: str) -> Tensor:
    """Return the tensor that a get_attr target names."""
    value: Any = module
    for part in target.split("."):
        value = getattr(value, part)
    assert isinstance(value, Tensor)
    return value


def call(graph: fx.Graph, target: Any, *args: Any, **kwargs: Any) -> fx.Node:
    """Write a call at the graph's end, with the shape of its value (``meta['val']``)."""
    with graph.inserting_before(graph.output_node()):
        node = graph.call_function(target, args, kwargs)
    values = torch.utils._pytree.tree_map_only(fx.Node, lambda n: n.meta["val"], (args, kwargs))
    node.meta["val"] = target(*values[0], **values[1])
    return node


def is_view(node: fx.Node) -> bool:
    """Whether a node may share its first argument's storage."""
    return op_name(node) in _VIEWS or node.target is operator.getitem


def is_mutable(node: fx.Node) -> bool:
    """Whether a node writes into one of its arguments."""
    target = node.target
    return node.op == "call_function" and isinstance(target, torch._ops.OpOverload) and target._schema.is_mutable


def written_bases(node: fx.Node) -> list[fx.Node]:
    """Return a node and the nodes that it is a view of."""
    found = [node]
    while is_view(node) and isinstance(node.args[0], fx.Node):
        node = node.args[0]
        found.append(node)
    return found


#: Operators that read no numbers of their argument, only its shape and dtype.
_SHAPE_ONLY = {
    "sym_size", "new_zeros", "new_ones", "new_full", "new_empty", "zeros_like", "ones_like", "full_like", "empty_like",
}  # fmt: skip


def depends_on_input(graph: fx.Graph) -> set[fx.Node]:
    """Return the nodes whose value depends on the input tensor's numbers (shapes alone do not count)."""
    found: set[fx.Node] = set()
    for node in graph.nodes:
        if node.op == "placeholder":
            found.add(node)
        elif op_name(node) not in _SHAPE_ONLY and any(arg in found for arg in node.all_input_nodes):
            found.add(node)
            if is_mutable(node) and isinstance(node.args[0], fx.Node):
                found.update(written_bases(node.args[0]))
    return found

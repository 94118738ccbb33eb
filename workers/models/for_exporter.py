"""What a graph needs before torch's ONNX exporter takes it, so that the file says what the graph computes."""

import copy
import re
from itertools import count
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, fx

from workers.models.constant_tables import constant_tables
from workers.models.graphs import fetch, op_name

#: What a weight is called while the file is written, and its number.
_NUMBERED = re.compile(r"weight_of_file_(\d{6})")


def for_exporter(module: fx.GraphModule) -> tuple[fx.GraphModule, dict[str, str]]:
    """A copy that torch's exporter writes right, whose tensors have names that it does not invent; {that name: ours}.

    A file of an exporter may call its weights what the same exporter calls its intermediate values (``val_50``).
    """
    graph = copy.deepcopy(module.graph)
    tables = constant_tables(graph, module)
    numbers: dict[str, str] = {}
    for node in graph.nodes:
        if node.op == "get_attr":
            node.target = numbers.setdefault(str(node.target), f"weight_of_file_{len(numbers):06}")
    held = {name: tables[name] if name in tables else fetch(module, name) for name in numbers}
    floats = [tensor.dtype for tensor in held.values() if tensor.is_floating_point()]
    _keep_paddings(graph, floats[0] if floats else torch.float32)
    for node in graph.nodes:
        if op_name(node) == "scaled_dot_product_attention":
            node.target = attention
    tensors = {number: held[name].detach().cpu() for name, number in numbers.items()}
    return fx.GraphModule(tensors, graph), {number: name for name, number in numbers.items()}


def _keep_paddings(graph: fx.Graph, precision: torch.dtype) -> None:
    """Keep zeros that are padded ahead of a max-pool from being taken for its own padding, which is -inf.

    onnxruntime 1.31 fuses the two by default, for no padding but exactly 0; the smallest normal number is none.
    """
    for node in graph.nodes:
        pooled = any(op_name(user).startswith("max_pool") for user in node.users)
        if not pooled or op_name(node) not in ("pad", "constant_pad_nd"):
            continue
        if node.args[2:] in ((), ("constant",), ("constant", None), ("constant", 0), (0,)):
            mode = ("constant",) if op_name(node) == "pad" else ()
            node.args = (*node.args[:2], *mode, torch.finfo(precision).tiny)


def rename(graph: Any, names: dict[str, str]) -> None:
    """Give an `onnx_ir` graph's weights their names back, and what was made of them (a folded norm's bias) their stem.

    Values that have such a name already get another.
    """
    values = [*graph.initializers.values(), *(value for node in graph.all_nodes() for value in node.outputs)]
    ours = [value for value in values if _NUMBERED.match(value.name)]
    wanted = {value.name: _NUMBERED.sub(lambda found: names[found[0]], value.name, 1) for value in ours}
    taken = {*wanted.values(), *(value.name for value in values)}
    for value in values:
        if value.name in wanted.values():
            value.name = next(name for i in count(1) if (name := f"{value.name}_{i}") not in taken)
            taken.add(value.name)
    for value in ours:
        value.name = wanted[value.name]


def attention(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    mask: Tensor | None = None,
    dropout: float = 0.0,
    is_causal: bool = False,
    *,
    scale: float | None = None,
    enable_gqa: bool = False,
) -> Tensor:
    """``F.scaled_dot_product_attention`` in the one form that the exporter knows, of four axes: (n, heads, tokens, d).

    Others, such as windows between images and heads (Hiera, Nest, Twins), become a part of the first axis.
    """
    lead = query.shape[:-3]
    alike = [key.shape[:-3], value.shape[:-3]] == [lead, lead]
    if len(lead) != 1 and alike:
        if mask is not None and mask.dim() > 3:
            mask = mask.expand(*lead, *mask.shape[-3:])
        query, key, value = (t.flatten(0, -4) if lead else t[None] for t in (query, key, value))
        if mask is not None and mask.dim() > 4:
            mask = mask.flatten(0, -4)
    result = F.scaled_dot_product_attention(
        query, key, value, mask, dropout, is_causal, scale=scale, enable_gqa=enable_gqa
    )
    return result.reshape(*lead, *result.shape[-3:]) if alike else result

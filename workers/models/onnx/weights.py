"""Which constants of the file are weights (trainable parameters), and under what name torch knows them.

A floating constant is a weight unless its place says otherwise: running statistics of a normalisation, limits, scales,
sizes; constants that normalise the input ahead of the first layer; single numbers outside a layer; attention masks.
"""

import re
from collections import defaultdict
from collections.abc import Iterable

import numpy as np

from workers.models.onnx.graph import Graph, reads
from workers.models.onnx.registry import Host

#: Operators with weights, and at which inputs.
LAYER_SLOTS: dict[str, tuple[int, ...]] = {
    "Conv": (1, 2),
    "FusedConv": (1, 2),
    "ConvTranspose": (1, 2),
    "Gemm": (0, 1, 2),
    "FusedGemm": (0, 1, 2),
    "MatMul": (0, 1),
    "FusedMatMul": (0, 1),
    "BatchNormalization": (1, 2),
    "InstanceNormalization": (1, 2),
    "GroupNormalization": (1, 2),
    "LayerNormalization": (1, 2),
    "SimplifiedLayerNormalization": (1,),
    "SkipLayerNormalization": (2, 3, 4),
    "RMSNormalization": (1,),
    "BiasGelu": (1,),
    "FastGelu": (1,),
    "SkipSimplifiedLayerNormalization": (2, 3),
    "Attention": (1, 2),
    "MultiHeadAttention": (3,),
    "LSTM": (1, 2, 3),
    "GRU": (1, 2, 3),
    "RNN": (1, 2, 3),
    "PRelu": (1,),
    "Einsum": (0, 1, 2),
}

#: Inputs that are settings, not weights.
SETTING_SLOTS: dict[str, tuple[int, ...]] = {
    "BatchNormalization": (3, 4),
    "Clip": (1, 2),
    "Pad": (2,),
    "Pow": (1,),
    "Dropout": (1, 2),
    "Resize": (1, 2, 3),
    "Upsample": (1,),
    "Range": (0, 1, 2),
    "OneHot": (0, 1, 2),
    "Mod": (0, 1),
    "Max": (0, 1, 2, 3),
    "Min": (0, 1, 2, 3),
    "Greater": (0, 1),
    "GreaterOrEqual": (0, 1),
    "Less": (0, 1),
    "LessOrEqual": (0, 1),
    "Equal": (0, 1),
    "QuantizeLinear": (0, 1, 2),
    "DequantizeLinear": (0, 1, 2),
    "QLinearConv": tuple(range(9)),
    "QLinearMatMul": tuple(range(8)),
    "QLinearAdd": tuple(range(8)),
    "QLinearMul": tuple(range(8)),
    "QLinearGlobalAveragePool": tuple(range(5)),
    "QLinearAveragePool": tuple(range(5)),
    "QGemm": tuple(range(9)),
    "QLinearConcat": tuple(range(256)),
    "DynamicQuantizeLinear": (0,),
}

_ELEMENTWISE = frozenset({"Add", "Sub", "Mul", "Div", "Sum"})
#: Operators that pass a constant on unchanged but for its shape.
_VIEWS = frozenset({"Identity", "Transpose", "Reshape", "Unsqueeze", "Squeeze", "Flatten", "Expand", "Cast", "Slice"})

#: What becomes of a value: it ends in a slot for weights (True) or in another place that is no setting (False), and
#: whether arithmetic on constants lies between.
Ends = set[tuple[bool, bool]]


def trainable_constants(graph: Graph) -> set[str]:
    """Names of the constants that training may change."""
    ends = _ends(graph)
    chosen = set()
    for name, array in graph.constants.items():
        if array.dtype != np.float32 or array.size == 0:
            continue
        found = ends.get(name, set())
        if array.size == 1:  # a single number is a weight in a layer's own slot alone
            taken = (True, False) in found
        else:
            taken = any(layer for layer, _ in found) or (bool(found) and not _is_mask(array))
        if taken:
            chosen.add(name)
    return chosen


def _ends(graph: Graph) -> dict[str, Ends]:
    """Where each value ends, followed through operators on constants (a transposed, scaled or sliced weight)."""
    varying = {port.name for port in graph.inputs}
    behind_layer: set[str] = set()
    for node in graph.nodes:
        if not varying.isdisjoint(reads(node)):
            varying.update(node.outputs)
        if (
            any(n in behind_layer for n in node.inputs)
            or (node.op in LAYER_SLOTS and node.op != "BatchNormalization")
            or node.op.startswith("QLinear")
        ):
            behind_layer.update(node.outputs)
    ends: dict[str, Ends] = defaultdict(set)
    for node in reversed(graph.nodes):
        constant = varying.isdisjoint(node.outputs)
        below = {end for output in node.outputs for end in ends.get(output, ())} if constant else set()
        for slot, name in enumerate(node.inputs):
            name = graph.aliases.get(name, name)
            if slot in LAYER_SLOTS.get(node.op, ()):
                ends[name].add((True, False))
            elif slot in SETTING_SLOTS.get(node.op, ()):
                continue
            elif constant:
                ends[name] |= below if node.op in _VIEWS else {(layer, True) for layer, _ in below}
            elif node.op not in _ELEMENTWISE or any(n in behind_layer for n in node.inputs):
                ends[name].add((False, False))
    return ends


def _is_mask(array: Host) -> bool:
    """True for additive attention masks: every item is 0 or one very negative number."""
    low = array.min()
    return bool(low <= -10 and np.all((array == 0) | (array == low)))


def attribute_paths(names: Iterable[str]) -> dict[str, str]:
    """File name → dotted path that torch accepts; equal input gives equal output, no two paths clash.

    Characters other than letters, digits, ``_`` and ``.`` become ``_``; dots make sub-modules; where one name is a
    prefix of another (``a`` and ``a.b``) the longer one's dots become ``_``; equal results get ``_2``, ``_3``…
    """
    names = list(names)
    plain = {n: _plain(n) for n in names}
    leaves = set(plain.values())
    modules = {parent for path in leaves for parent in _parents(path)}
    taken: set[str] = set()
    result = {}
    for name in names:
        path = plain[name]
        if path in taken or path in modules or _parents(path) & leaves:
            base = path.replace(".", "_") + ("_" if path in modules else "")
            path, k = base, 1
            while path in taken or path in modules or path in leaves:
                k += 1
                path = f"{base}_{k}"
        taken.add(path)
        result[name] = path
    return result


def _parents(path: str) -> set[str]:
    return {path.rsplit(".", k)[0] for k in range(1, path.count(".") + 1)}


def _plain(name: str) -> str:
    parts = [re.sub(r"[^A-Za-z0-9_]", "_", part) for part in name.split(".")]
    # A sub-module may not be called like an attribute that every module has.
    parts = [p if p not in _RESERVED else p + "_" for p in parts if p]
    return ".".join(parts) or "constant"


_RESERVED = frozenset(
    {"forward", "training", "parameters", "buffers", "modules", "children", "type", "float", "half", "double", "train"}
    | {
        "eval",
        "cuda",
        "cpu",
        "to",
        "apply",
        "state_dict",
        "dump_patches",
        "call_super_init",
        "T_destination",
        "compile",
    }
)

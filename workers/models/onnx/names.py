"""Names of weights that an exporter left without one (``onnx__Conv_274``, ``val_12``, ``513``): the module's path.

Exporters that fold or transpose a weight give the result a number; the node that reads it still says in which module it
stands: ``/layer1/layer1.0/conv1/Conv`` by its name, or a list of scopes in its metadata. So a layer is called the same
in a TorchScript file and in each kind of ONNX file of one network.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from workers.models.onnx.graph import Graph, Node
from workers.models.onnx.registry import Host

#: Kernels and biases that a batch norm was folded into, by torch's legacy exporter and by onnxruntime.
_FOLDED = re.compile(r"onnx(::|__)Conv\w*_\d+|ConvBnFusion_(W|BN_B)_.+")
_ANONYMOUS = re.compile(r"(onnx::\w+|onnx__\w+_\d+|val_\d+|_?val_\d+_\d+|\d+|_v_\d+)")
_LAYER = {1: "weight", 2: "bias"}
#: Operator → what the constants at its inputs are called.
_SLOTS: dict[str, dict[int, str]] = {
    "Conv": _LAYER,
    "ConvTranspose": _LAYER,
    "FusedConv": _LAYER,
    "Gemm": _LAYER,
    "FusedGemm": _LAYER,
    "MatMul": {0: "weight", 1: "weight"},
    "FusedMatMul": {0: "weight", 1: "weight"},
    "LayerNormalization": _LAYER,
    "BatchNormalization": {0: "weight"},  # a standardised kernel: other batch norms read no constant there
    "Add": {0: "bias", 1: "bias"},
}


def named(graph: Graph) -> Graph:
    """The graph with module paths for anonymous constants that one place reads as a layer's weight or bias."""
    renamed: dict[str, str] = {}
    biases = _biases(graph)
    taken = {*graph.constants, *(name for node in graph.nodes for name in (*node.inputs, *node.outputs))}
    taken |= {port.name for port in (*graph.inputs, *graph.outputs)}
    for node in graph.nodes:
        for slot, leaf in _SLOTS.get(node.op, {}).items():
            name = graph.aliases.get(node.inputs[slot], node.inputs[slot]) if slot < len(node.inputs) else ""
            array = graph.constants.get(name)
            if array is None or name in renamed or not _ANONYMOUS.fullmatch(name) or not _fits(node, array):
                continue
            wanted = biases.get(node.outputs[0]) or (node.scope and f"{node.scope}.{leaf}")
            if wanted and wanted not in taken:
                renamed[name] = wanted
                taken.add(wanted)
    if not renamed:
        return graph
    return replace(
        graph,
        nodes=tuple(_reading(node, renamed) for node in graph.nodes),
        constants={renamed.get(name, name): array for name, array in graph.constants.items()},
        outputs=graph.outputs,
        aliases={name: renamed.get(base, base) for name, base in graph.aliases.items()},
    )


def folded_norms(graph: Graph) -> Iterator[str]:
    """What is said of batch norms that an exporter folded into the convolutions before them.

    Seen by what the weights are then called: torch's legacy exporter numbers kernel and bias, its newer one invents a
    bias of the kernel's name, onnxruntime's optimiser says it. A bias that the newer one changed keeps its name.
    """
    layers = [node for node in graph.nodes if node.op in ("Conv", "FusedConv", "ConvTranspose")]
    held = [[graph.aliases.get(name, name) for name in node.inputs[1:3]] for node in layers]
    folded = sum(
        len(names) == 2
        and all(name in graph.constants for name in names)
        and (all(_FOLDED.fullmatch(name) for name in names) or names[1] == f"{names[0]}_bias")
        for names in held
    )
    if folded:
        yield (
            f"its exporter folded batch normalisation into {folded} of {len(layers)} convolutions: `conv` is read "
            "where `norm` would be, and hardening trains without it unless batch_norm is inserted"
        )


def _biases(graph: Graph) -> dict[str, str]:
    """Product → its weight's name by the bias that is added to it: ``in_proj_bias`` goes with ``in_proj_weight``."""
    found: dict[str, str] = {}
    for node in graph.nodes:
        for name, other in zip(node.inputs, reversed(node.inputs), strict=True) if node.op == "Add" else ():
            bias = graph.aliases.get(name, name)
            if bias in graph.constants and bias.endswith("bias") and other not in graph.constants:
                found[other] = bias.removesuffix("bias") + "weight"
    return found


def _fits(node: Node, array: Host) -> bool:
    """Whether a constant has the form of what it would be called: an addition's bias has one axis."""
    return array.dtype.kind == "f" and (node.op != "Add" or array.ndim == 1)


def _reading(node: Node, renamed: dict[str, str]) -> Node:
    """A node that reads constants under their new names, also in its branches."""
    attributes = {
        name: replace(value, nodes=tuple(_reading(inner, renamed) for inner in value.nodes))
        if isinstance(value, Graph)
        else value
        for name, value in node.attributes.items()
    }
    return replace(node, inputs=tuple(renamed.get(name, name) for name in node.inputs), attributes=attributes)

"""Our operators in onnx2torch's registry: after `extend()`, plain `onnx2torch.convert(file)` computes with them.

onnx2torch 1.5.15 loads no file that torch's default exporter writes today. Its registry is open: every operator of ours
is entered for every version of its operator set, as a module that holds the node and its constants (weights as
parameters). What onnx2torch has itself is replaced. The audit goes its own way (`load`), since the registry knows
neither a symbolic batch, nor constants ahead of time, nor sequences and branches; this one serves other users of
onnx2torch, and the tests as a second way through the same converters.
"""

from collections import defaultdict
from functools import cache
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
import torch
from onnx import defs
from torch import Tensor, nn

import workers.models.onnx.ops
import workers.models.vision_ops
from workers.models.onnx.admission import DEFAULT_DOMAINS, MAX_OPSET
from workers.models.onnx.call import Batch
from workers.models.onnx.graph import Graph, Node, Port, decode_constant, decode_graph, decode_node
from workers.models.onnx.module import OnnxModule
from workers.models.onnx.registry import OPERATORS, Value, find
from workers.models.onnx.tensors import torch_type
from workers.models.onnx.weights import trainable_constants

# isort: split
from onnx2torch.node_converters import registry
from onnx2torch.onnx_graph import OnnxGraph
from onnx2torch.onnx_node import OnnxNode
from onnx2torch.utils.common import OnnxMapping, OnnxToTorchModule, OperationConverterResult

assert workers.models.onnx.ops  # importing it fills our registry
assert workers.models.vision_ops  # imported before onnx2torch, which imports torchvision

#: What needs more than its inputs.
_ABSENT = frozenset({"If", "Loop", "Scan"})
_DECODED: WeakKeyDictionary[OnnxGraph, tuple[Graph, set[str]]] = WeakKeyDictionary()


def extend() -> int:
    """Enter our operators into onnx2torch's registry, in place of its own; returns how many (operator, version)s."""
    entered = 0
    for domain, name in sorted({*OPERATORS, ("", "Constant")}):
        for version in sorted(_versions().get((domain, name), {1})):  # domains that onnx does not know have one
            known = name == "Constant" or find(domain, name, version)
            if known and name not in _ABSENT:
                description = registry.OperationDescription(domain=domain, operation_type=name, version=version)
                registry._CONVERTER_REGISTRY.pop(description, None)
                registry.add_converter(name, version, domain)(_Converter(domain, version))
                entered += 1
    return entered


@cache
def _versions() -> dict[tuple[str, str], set[int]]:
    """The operator sets in which each operator changed."""
    found: dict[tuple[str, str], set[int]] = defaultdict(set)
    for schema in defs.get_all_schemas_with_history():
        found[schema.domain, schema.name].add(schema.since_version)
    return found


class _Converter:
    """What the registry holds: makes a module of a node."""

    def __init__(self, domain: str, version: int) -> None:
        self.domain = domain
        self.version = version

    def __call__(self, node: OnnxNode, graph: OnnxGraph) -> OperationConverterResult:
        decoded, weights = _decoded(graph)
        ours = decode_node(node.proto, {self.domain: self.version})
        if ours.op == "Constant" and not ours.domain:
            return OperationConverterResult(_Constant(ours), OnnxMapping((), node.output_values))
        held = {name: decoded.constants[name] for name in ours.inputs if name in graph.initializers}
        given = tuple(dict.fromkeys(name for name in ours.inputs if name and name not in held))
        ports = tuple(Port(name, 1, None) for name in given)
        single = Graph((ours,), held, ports, tuple(Port(name, 1, None) for name in ours.outputs if name))
        module = Computed(OnnxModule(single, weights=weights & set(held)), given)
        return OperationConverterResult(module, OnnxMapping(given, node.output_values))


def _decoded(graph: OnnxGraph) -> tuple[Graph, set[str]]:
    """The whole graph in our form, once a conversion: its constants, and which of them are weights."""
    if graph not in _DECODED:
        decoded = decode_graph(graph.proto, dict.fromkeys(DEFAULT_DOMAINS, MAX_OPSET))
        _DECODED[graph] = decoded, trainable_constants(decoded)
    return _DECODED[graph]


class _Constant(nn.Module, OnnxToTorchModule):  # type: ignore[misc]
    value: Tensor

    def __init__(self, node: Node) -> None:
        super().__init__()
        self.register_buffer("value", _tensor(decode_constant(node)), persistent=False)

    def forward(self) -> Tensor:
        return self.value


class Computed(nn.Module, OnnxToTorchModule):  # type: ignore[misc]
    """One node: inputs that are no constants of the file → its output, or a tuple of them."""

    def __init__(self, network: OnnxModule, names: tuple[str, ...]) -> None:
        super().__init__()
        self.network = network
        self.names = names

    def forward(self, *values: Any) -> Any:
        """Compute the node."""
        device = next((v.device for v in values if isinstance(v, Tensor)), torch.device("cpu"))
        inputs = {name: self._value(name, value) for name, value in zip(self.names, values, strict=True)}
        found = [_tensor(value) for value in self.network.evaluate(inputs, Batch(None), device)]
        return found[0] if len(found) == 1 else tuple(found)

    def _value(self, name: str, value: Any) -> Value:
        """Shapes, axes and other settings as numbers, the rest as it is."""
        (node,) = self.network.onnx.nodes
        converter = self.network.operators[node.domain, node.op, node.version].tensor
        kind = "host" if converter is None else converter.input(node.inputs.index(name))
        whole = isinstance(value, Tensor) and not value.is_floating_point()
        if isinstance(value, Tensor) and (kind == "host" or (kind == "value" and whole)):
            return value.detach().cpu().numpy()
        return value  # type: ignore[no-any-return]


def _tensor(value: Any) -> Any:
    return torch.from_numpy(torch_type(value)) if isinstance(value, np.ndarray) else value

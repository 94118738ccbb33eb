"""An ONNX graph as an `nn.Module` that computes it node by node; `torch.export` turns it into ATen operators."""

import math
from typing import Any

import numpy as np
import torch
from onnx import defs, helper
from torch import Tensor, nn

from openapi.problems import ModelRejected, ModelUnsafe, TremorError
from workers.models.onnx.call import Batch, Call
from workers.models.onnx.graph import Graph, Node
from workers.models.onnx.known import known
from workers.models.onnx.limits import MAX_VALUE_ELEMENTS
from workers.models.onnx.registry import Converter, Host, Operator, Value
from workers.models.onnx.repeated import one_row, repeated_constants
from workers.models.onnx.resolve import INSTEAD, key, resolve, unknown
from workers.models.onnx.tensors import torch_type
from workers.models.onnx.weights import attribute_paths, trainable_constants
from workers.refusals import said

#: Floating constants of at most so many items are also known as numbers while the graph is translated.
_SMALL = 4096


class OnnxModule(nn.Module):
    """The network of an ONNX file.

    ``forward``: x, the file's own input tensor (float32 also where the file takes half precision or integers) → the
    file's outputs by name. Weights are parameters with the names of the file's initialisers (`paths`: file name → torch
    path); other floating constants are buffers. `weights` names the constants that are weights; None finds them.
    """

    def __init__(self, graph: Graph, fixed_batch: int | None = None, weights: set[str] | None = None) -> None:
        super().__init__()
        self.onnx = graph
        self.fixed_batch = fixed_batch
        self.operators = resolve(graph)
        weights = trainable_constants(graph) if weights is None else weights
        used = {graph.aliases.get(n, n) for node in graph.nodes for n in node.inputs} | _captured(graph)
        used |= {graph.aliases.get(o.name, o.name) for o in graph.outputs}
        stored = [n for n, a in graph.constants.items() if n in used and a.dtype == np.float32 and a.size > 1]
        stored += [n for n in weights if n not in stored]
        stored += [n for n, a in graph.constants.items() if n in used and a.dtype != np.float32 and a.size > 16]
        self.paths = attribute_paths(stored)
        self.read = used
        self.repeated = repeated_constants(graph, fixed_batch)
        self.weights = weights
        self._hosts = {
            n: a for n, a in graph.constants.items() if n not in weights and (a.dtype != np.float32 or a.size <= _SMALL)
        }
        self._stored = {id(a): n for n, a in self._hosts.items() if n in self.paths}
        for name, path in self.paths.items():
            tensor = torch.from_numpy(torch_type(graph.constants[name]))
            self._register(path, nn.Parameter(tensor) if name in weights else tensor)

    def _register(self, path: str, tensor: Tensor) -> None:
        *parents, leaf = path.split(".")
        owner: nn.Module = self
        for part in parents:
            if part not in owner._modules:
                owner.add_module(part, nn.Module())
            owner = owner.get_submodule(part)
        if isinstance(tensor, nn.Parameter):
            owner.register_parameter(leaf, tensor)
        else:
            owner.register_buffer(leaf, tensor)

    def forward(self, x: Tensor) -> dict[str, Tensor]:
        """Compute the file's outputs that are tensors, by name."""
        batch = Batch(self.fixed_batch)
        if x.ndim:
            batch.size = x.shape[0]
        values = self.evaluate({self.onnx.inputs[0].name: x}, batch, x.device)
        ports = zip(self.onnx.outputs, values, strict=True)
        return {port.name: value for port, value in ports if isinstance(value, Tensor)}

    def evaluate(self, inputs: dict[str, Value], batch: Batch, device: torch.device) -> list[Value]:
        """Run the graph on named inputs (tensors, or numpy arrays for constants) and return its outputs in order."""
        environment = dict(inputs)
        run = _Run(self, batch, device)
        run.execute(self.onnx, environment)
        return [run.lookup(port.name, environment, self.onnx) for port in self.onnx.outputs]

    def stored_tensor(self, name: str) -> Tensor:
        """The parameter or buffer of a constant of the file."""
        owner: Any = self
        for part in self.paths[name].split("."):
            owner = getattr(owner, part)
        assert isinstance(owner, Tensor)
        return owner


class _Run:
    """One pass through the graph."""

    def __init__(self, module: OnnxModule, batch: Batch, device: torch.device) -> None:
        self.module = module
        self.batch = batch
        self.device = device
        self.leads: dict[str, int] = {}

    def lookup(self, name: str, environment: dict[str, Value], graph: Graph) -> Value:
        """What a name stands for, now."""
        if name in environment:
            return environment[name]
        name = graph.aliases.get(name, name)
        if name in environment:
            return environment[name]
        module = self.module
        if name in module._hosts and graph is module.onnx:
            return module._hosts[name]
        if name in module.paths:
            return module.stored_tensor(name)
        if name in graph.constants:
            return graph.constants[name]
        if graph is not module.onnx:
            return self.lookup(name, environment, module.onnx)
        raise ModelRejected(f"The ONNX graph reads the value {name!r}, which nothing makes before.")

    def constant(self, value: Host) -> Tensor | None:
        """The stored tensor of a constant of the file."""
        name = self.module._stored.get(id(value))
        return None if name is None else self.module.stored_tensor(name)

    def execute(self, graph: Graph, environment: dict[str, Value]) -> None:
        """Run the nodes in order, adding their outputs to the environment."""
        for node in graph.nodes:
            self._execute(node, graph, environment)

    def _execute(self, node: Node, graph: Graph, environment: dict[str, Value]) -> None:
        inputs = [self.lookup(n, environment, graph) if n else None for n in node.inputs]

        def branch(body: Graph) -> list[Value]:
            inner = dict(environment)
            self.execute(body, inner)
            return [self.lookup(port.name, inner, body) for port in body.outputs]

        inputs = one_row(node, inputs, self.batch, self.module.repeated, self.module.onnx.aliases)
        call = Call(node, self.batch, self.constant, branch, self.device)
        repeated, aliases = self.module.repeated, self.module.onnx.aliases
        call.alike = frozenset(i for i, n in enumerate(node.inputs) if 0 in repeated.get(aliases.get(n, n), ()))
        call.lead = max((self.leads.get(n, 1) for n in node.inputs), default=1)
        try:
            result = self._compute(call, inputs)
        except (TremorError, torch._subclasses.fake_tensor.DataDependentOutputException):
            raise
        except (RuntimeError, ValueError, TypeError, IndexError, KeyError, AttributeError, AssertionError) as error:
            shapes = [list(map(str, v.shape)) if isinstance(v, (Tensor, np.ndarray)) else None for v in inputs]
            raise ModelRejected(
                f"{node.where} cannot be computed on inputs of shapes {shapes}: {said(error)}",
                operator=node.op,
                node=node.name,
            ) from error
        results = result if isinstance(result, tuple) else (result,)
        for name, value in zip(node.outputs, results, strict=False):
            if isinstance(value, Tensor):
                _check_size(value, node)
            elif isinstance(value, np.generic):  # numpy makes a number of an array without axes
                value = np.asarray(value)
            if name:
                environment[name] = value
            if call.lead != 1:
                self.leads[name] = call.lead
        for i, name in enumerate(node.outputs[len(results) :], len(results) + 1):
            if name in self.module.read:
                raise call.refuse(f"its output {i} is used, which is not supported")

    def _compute(self, call: Call, inputs: list[Value | None]) -> Any:
        operator = self.module.operators.get(key(call.node))
        if operator is None:
            raise unknown(call.node)
        on_host = operator.host
        if on_host is not None and all(v is None or isinstance(v, np.ndarray) for v in inputs):
            result = on_host.function(call, *_given(call, on_host, inputs))
            if result is not NotImplemented:
                _check_attributes(call, operator)
                return result
        if operator.tensor is None:
            advice = INSTEAD.get(call.node.op, "")
            raise call.refuse("it is supported only on sizes and other constants" + advice)
        if on_host is None and (numbers := known(call, operator, inputs)) is not None:
            _check_attributes(call, operator)
            return numbers
        result = operator.tensor.function(call, *_given(call, operator.tensor, inputs))
        _check_attributes(call, operator)
        return result


def _given(call: Call, converter: Converter, inputs: list[Value | None]) -> list[Any]:
    """Bring each input to what the converter takes."""
    most = len(converter.takes)
    if len(inputs) < converter.required or (converter.rest is None and len(inputs) > most):
        raise call.refuse(f"it has {len(inputs)} inputs; {converter.required} to {most} are supported")
    given: list[Any] = []
    for i, value in enumerate(inputs):
        takes = converter.input(i)
        if value is None:
            given.append(None)
        elif takes == "tensor":
            given.append(call.tensor(value))
        elif takes == "host":
            given.append(call.host(value, f"input {i + 1}"))
        else:
            given.append(value)
    return given


#: Of many operators until operator set 5, without a meaning.
_IDLE = frozenset({"consumed_inputs"})


def _check_attributes(call: Call, operator: Operator) -> None:
    """Refuse a node with an attribute that its converter did not look at: ignoring it could change the result."""
    for name in call.node.attributes.keys() - call.read - _IDLE - operator.idle:
        if not _is_default(call.node, name):
            raise call.refuse(f"its attribute {name} = {call.node.attributes[name]!r} is not supported")


def _is_default(node: Node, name: str) -> bool:
    try:
        schema = defs.get_schema(node.op, node.version, node.domain)
        default = helper.get_attribute_value(schema.attributes[name].default_value)
    except (defs.SchemaError, KeyError, ValueError):
        return False
    value = node.attributes[name]
    return bool((default.decode() if isinstance(default, bytes) else default) == value)


def _captured(graph: Graph) -> set[str]:
    """Names that branches read from the graphs around them."""
    names: set[str] = set()
    stack = [v for node in graph.nodes for v in node.attributes.values() if isinstance(v, Graph)]
    while stack:
        body = stack.pop()
        names |= {n for node in body.nodes for n in node.inputs} | {o.name for o in body.outputs}
        stack += [v for node in body.nodes for v in node.attributes.values() if isinstance(v, Graph)]
    return names


def _check_size(value: Tensor, node: Node) -> None:
    size = math.prod(d for d in value.shape if not isinstance(d, torch.SymInt))
    if size > MAX_VALUE_ELEMENTS:
        raise ModelUnsafe(
            f"{node.where} makes {size:,} numbers for one image; {MAX_VALUE_ELEMENTS:,} are allowed.",
            operator=node.op,
            node=node.name,
        )

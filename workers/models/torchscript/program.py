"""A TorchScript method's inlined IR, compiled to a list of steps over numbered values.

Modules are resolved while compiling; parameters, buffers and tensor attributes become the tensors of an `nn.Module`
under their names in the file; Python values are computed when the steps are run. Nothing of the file's own code is
executed.
"""

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from openapi.problems import ModelRejected, UnsupportedOperator
from workers.models.file_tensors import FileTensors
from workers.models.torchscript import calls, known, quantised, state, steps
from workers.models.torchscript.steps import Environment, Step
from workers.refusals import said

#: More executed steps than this are an endless loop, or no image classifier.
MAX_STEPS = 100_000


class EndlessLoop(ModelRejected):
    """The model ran more operations than any classifier needs."""


@dataclass(frozen=True)
class _Module:
    """A module of the file, known while compiling."""

    script: Any
    path: str


class Program:
    """A TorchScript model: `module` is a torch module that runs its IR on real, fake or symbolic tensors."""

    def __init__(self, script: torch.jit.ScriptModule, traced_batch: int | None = None) -> None:
        self.module = FileTensors(self.run)
        self.traced_batch = traced_batch
        self.spent = 0
        self.batch: Any = None
        #: What this call wrote into attributes, by their paths.
        self.state: dict[str, Any] = {}
        self.quantised = False
        #: Small buffers and constants by their names, as the file has them.
        self.numbers: dict[str, Tensor] = {}
        #: What the user is to know of what was run.
        self.notes: list[str] = []
        #: Of the first floating weight, as the file has it; it is computed in float32 or float64.
        self.file_dtype = torch.float32
        self.has_parameters = any(True for _ in script.parameters())
        self.producer: str | None = None
        _Compiler(self, script).compile()

    block: steps.Block
    slots: int

    def spend(self, steps: int) -> None:
        """Count executed steps; raises `EndlessLoop`."""
        self.spent += steps
        if self.spent > MAX_STEPS:
            raise EndlessLoop(f"the model ran more than {MAX_STEPS} operations on one batch; a loop does not end")

    def run(self, x: Tensor) -> Any:
        """Run the model on its own input."""
        self.spent = 0
        self.state = {}
        self.batch = x.shape[0] if x.dim() else None
        values: Environment = [None] * self.slots
        values[self.block.inputs[0]] = x
        self.block.run(self, values)
        return values[self.block.results[0]]


class _Compiler:
    def __init__(self, program: Program, script: torch.jit.ScriptModule) -> None:
        self.program = program
        self.script = script
        self.numbers: dict[str, int] = {}
        self.modules: dict[str, _Module] = {}
        self.owned: set[str] = set()
        self.constants = 0
        self.typed = False
        #: Names of attributes that some `SetAttr` writes: they are read anew each time.
        self.written: set[str] = set()

    def own(self, path: str, tensor: Tensor, parameter: bool) -> None:
        if tensor.is_floating_point() and not self.typed:
            self.typed = True
            self.program.file_dtype = tensor.dtype
        self.program.module.own(path, tensor, parameter=parameter)
        if not parameter and tensor.numel() <= known.MOST and not tensor.is_quantized:
            self.program.numbers[path] = tensor.detach().clone()

    def slot(self, value: Any) -> int:
        return self.numbers.setdefault(value.debugName(), len(self.numbers))

    def compile(self) -> None:
        try:
            graph = self.script.inlined_graph
        except RuntimeError as error:
            raise ModelRejected(f"the model has no forward method: {said(error, 200)}") from error
        inputs = list(graph.inputs())
        if len(inputs) < 2:
            raise ModelRejected("the model's forward takes no input")
        method = self.script.forward.schema  # type: ignore[attr-defined]
        for extra in method.arguments[2:]:
            if not extra.has_default_value():
                raise ModelRejected(
                    f"the model's forward needs a second input, {extra.name!r}; a classifier takes one image"
                )
        self.modules[inputs[0].debugName()] = _Module(self.script, "")
        for path, parameter in self.script.named_parameters():  # first, so that they keep the file's order
            self.owned.add(path)
            self.own(path, parameter, True)
        self.written = {node.s("name") for node in graph.findAllNodes("prim::SetAttr")}  # type: ignore[attr-defined]
        block = steps.Block()
        block.inputs = [self.slot(inputs[1])]
        for value, extra in zip(inputs[2:], method.arguments[2:], strict=True):
            block.steps.append(steps.constant(self.slot(value), extra.default_value))
        self._nodes(graph.nodes(), block)
        block.results = [self.slot(value) for value in graph.outputs()]
        self.program.block = block
        self.program.slots = len(self.numbers)

    def _block(self, source: Any) -> steps.Block:
        block = steps.Block(inputs=[self.slot(value) for value in source.inputs()])
        self._nodes(source.nodes(), block)
        block.results = [self.slot(value) for value in source.outputs()]
        return block

    def _nodes(self, nodes: Any, block: steps.Block) -> None:
        for node in nodes:
            step = self._node(node)
            if step is not None:
                block.steps.append(step)

    def _node(self, node: Any) -> Step | None:
        kind = node.kind()
        if kind == "prim::GetAttr":
            return self._attribute(node)
        if kind == "prim::Constant":
            return self._constant_node(node)
        if kind == "prim::SetAttr":
            return self._written_attribute(node)
        outs = [self.slot(value) for value in node.outputs()]
        ins = [self.slot(value) for value in node.inputs()]
        if kind == "prim::If":
            yes, no = (self._block(b) for b in node.blocks())
            return steps.branch(ins[0], yes, no, outs)
        if kind == "prim::Loop":
            return steps.loop(ins, self._block(next(iter(node.blocks()))), outs)
        if kind in {"prim::CallMethod", "prim::CallFunction"}:
            raise UnsupportedOperator(
                f"the model calls a module through an interface ({kind}), which cannot be translated", operator=kind
            )
        function = calls.resolve(node)
        if len(outs) == 1 and kind not in {"prim::TupleUnpack", "prim::ListUnpack"}:
            return steps.call(function, ins, outs[0])
        return steps.call_many(function, ins, outs)

    def _attribute(self, node: Any) -> Step | None:
        source = next(iter(node.inputs())).debugName()
        name = node.s("name")
        owner = self.modules.get(source)
        if owner is None:
            slot, out = self.slot(next(iter(node.inputs()))), self.slot(node.output())
            return steps.call(lambda program, value: getattr(value, name), [slot], out)
        path = f"{owner.path}.{name}" if owner.path else name
        value = _member(owner.script, name)
        if isinstance(value, torch.jit.ScriptModule):
            self.modules[node.output().debugName()] = _Module(value, path)
            return None
        out = self.slot(node.output())
        first = self._first_value(owner, name, path, value, out)
        return state.read(path, out, first) if name in self.written or state.is_mutable(value) else first

    def _written_attribute(self, node: Any) -> Step:
        owner, value = node.inputs()
        name = node.s("name")
        module = self.modules.get(owner.debugName())
        if module is None:
            return state.set_on_object(name, self.slot(owner), self.slot(value))
        return state.write(f"{module.path}.{name}" if module.path else name, self.slot(value))

    def _first_value(self, owner: _Module, name: str, path: str, value: Any, out: int) -> Step:
        """An attribute as the file has it: its value before the call writes another one."""
        if isinstance(value, torch.ScriptObject):
            self.program.quantised = True
            packed = quantised.unpack(
                value, path, lambda at, tensor: self.program.module.own(at, tensor, parameter=False)
            )
            return steps.constant(out, packed)
        if isinstance(value, Tensor) and name in {"scale", "zero_point"} and hasattr(owner.script, "zero_point"):
            self.program.quantised = True
            return steps.constant(out, value.item())
        if isinstance(value, Tensor):
            if path not in self.owned:
                self.owned.add(path)
                self.own(path, value, name in dict(owner.script.named_parameters(recurse=False)))
            return steps.load(path, out)
        if isinstance(value, list) and value and all(isinstance(item, Tensor) for item in value):
            return steps.load_all([self._listed(f"{path}.{i}", item) for i, item in enumerate(value)], out)
        return steps.constant(out, value)

    def _listed(self, path: str, tensor: Tensor) -> str:
        """The name of a tensor of a list: the parameter that it is, as a scripted LSTM lists its own, or a new one."""
        for name, parameter in self.script.named_parameters():
            if parameter.data_ptr() == tensor.data_ptr() and parameter.shape == tensor.shape:
                return name
        if path not in self.owned:
            self.owned.add(path)
            self.own(path, tensor, False)
        return path

    def _constant_node(self, node: Any) -> Step | None:
        output = node.output()
        out = self.slot(output)
        if output.type().kind() in {"FunctionType", "NoneType"}:
            return steps.constant(out, None)
        value = output.toIValue()
        if not isinstance(value, Tensor):
            return steps.constant(out, value)
        if value.dim() == 0 and not value.is_quantized:
            return steps.constant(out, value.item())
        path = f"constants.c{self.constants}"
        self.constants += 1
        self.own(path, value, False)
        return steps.load(path, out)


def _member(script: Any, name: str) -> Any:
    """An attribute of a module of the file, also where torch's own class has one of that name, as ``code``."""
    if not hasattr(type(script), name):
        return getattr(script, name)
    return dict(script.named_children()).get(name, script._c.getattr(name))

"""`torch.export` programs (``.pt2``) → `AuditedModel`, read without torch's own loader, which unpickles.

The archive (`pt2_archive`) holds the graph as JSON and the weights as numbers. Both are read here as data: operators
pass the allow-list of TorchScript's front end; sample inputs and custom objects are never opened. The program is run
again under `torch.export`, which frees a batch size that was fixed.
"""

import operator
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from openapi.models import InputSpec
from openapi.problems import ModelMalformed, ModelRejected, ModelUnsafe, NotAClassifier, UnsupportedOperator
from workers.models.audited import AuditedModel
from workers.models.choice import Wanted
from workers.models.file_tensors import FileTensors
from workers.models.from_module import assemble
from workers.models.inputs import FileInput
from workers.models.pt2_archive import DTYPES, open_pt2
from workers.models.pt2_outputs import output_structure, structured
from workers.models.pt2_regions import inlined
from workers.models.torchscript import calls, known, operators
from workers.models.torchscript.archive import entries
from workers.models.torchscript.codes import code
from workers.zips import ZIP_ERRORS

#: As many as an ONNX graph may have; see `workers.models.onnx.limits`.
MAX_NODES = 9_000

_FORMATS = {1: 0, 2: 2, 3: 3, 4: 1}
_PYTHON: dict[str, Callable[..., Any]] = {
    f"_operator.{name}": getattr(operator, name)
    for name in (
        "add",
        "sub",
        "mul",
        "floordiv",
        "truediv",
        "mod",
        "neg",
        "eq",
        "ne",
        "lt",
        "le",
        "gt",
        "ge",
        "pow",
        "getitem",
    )
}
_CHECKS = ("_assert", "sym_constrain_range", "_check")


@dataclass(frozen=True)
class _Node:
    function: Callable[..., Any]
    arguments: tuple[Any, ...]
    outputs: tuple[str, ...]
    single: bool


class Exported:
    """A ``.pt2`` graph: `module` is a torch module of one tensor that runs it."""

    def __init__(self, traced_batch: int | None) -> None:
        self.module = FileTensors(self.run)
        self.traced_batch = traced_batch
        self.batch: Any = None
        self.quantised = False
        self.tensors: dict[str, str] = {}
        #: Small buffers and constants by their names, as the file has them.
        self.numbers: dict[str, Tensor] = {}
        self.nodes: list[_Node] = []
        #: What the user is to know of what was run.
        self.notes: list[str] = []
        self.input = ""
        self.results: list[Any] = []
        self.structure: Any = None

    def run(self, x: Tensor) -> Any:
        """Run the graph."""
        self.batch = x.shape[0]
        values: dict[str, Any] = {self.input: x}
        for name, path in self.tensors.items():
            values[name] = self.module.tensor(path)
            known.load(values[name], self.numbers.get(path))
        for node in self.nodes:
            result = node.function(self, *[_value(argument, values) for argument in node.arguments])
            if node.single:
                values[node.outputs[0]] = result
            else:
                values.update(zip(node.outputs, result, strict=False))
        found = [_value(result, values) for result in self.results]
        return structured(self.structure, found)


def load_pt2(path: Path, spec: InputSpec, output: Wanted = None) -> AuditedModel:
    """Translate a `torch.export` program; the input is as the file says. Raises `ModelRejected` and its subclasses."""
    try:
        return _load(path, spec, output)
    except (*ZIP_ERRORS, RecursionError, TypeError, AttributeError) as error:
        raise ModelMalformed(f"the archive is damaged: {type(error).__name__} {error}") from error


def _load(path: Path, spec: InputSpec, output: Wanted) -> AuditedModel:
    infos = {info.filename: info for info in entries(path)}
    with zipfile.ZipFile(path) as archive:
        opened = open_pt2(archive, infos)
        program = opened.program
        graph = program["graph_module"]["graph"]
        signature = program["graph_module"]["signature"]
        exported, shape, dtype = _inputs(graph, signature, opened.tensor)
    notes: list[str] = []
    _nodes([*inlined(graph["nodes"], notes)], exported)
    exported.results = [_argument(o["user_output"]["arg"]) for o in signature["output_specs"] if "user_output" in o]
    exported.structure = output_structure(program)
    fixed = exported.traced_batch
    if fixed is not None:
        notes.insert(0, f"the file fixes the batch size at {fixed}; it was freed")
    if dtype in (torch.float16, torch.bfloat16):
        notes.append(f"the file's weights are {str(dtype).removeprefix('torch.')}; they are computed in float32")
    producer = f"torch.export of torch {str(program.get('torch_version', '?'))[:40]}"
    taken = FileInput(shape, dtype)
    exported.notes = notes
    return assemble(exported.module, taken, spec, format="pt2", output=output, warnings=notes, producer=producer)


def _inputs(
    graph: dict[str, Any], signature: dict[str, Any], tensor: Callable[[str], Tensor]
) -> tuple[Exported, tuple[int, ...], torch.dtype]:
    """Read parameters, buffers and constants, and what the one image input looks like."""
    exported: Exported | None = None
    owned: list[tuple[str, str, bool]] = []
    shape: tuple[int, ...] = ()
    dtype = torch.float32
    for item in signature["input_specs"]:
        (kind, body), *_ = item.items()
        if kind in ("parameter", "buffer", "tensor_constant"):
            owned.append((body["arg"]["name"], body[f"{kind}_name"], kind == "parameter"))
        elif kind == "user_input" and "as_tensor" in body["arg"]:
            if exported is not None:
                raise NotAClassifier("the program takes more than one tensor; a classifier takes one image")
            name = body["arg"]["as_tensor"]["name"]
            meta = graph["tensor_values"][name]
            sizes = [size.get("as_int") for size in meta["sizes"]]
            if not sizes or any(size is None for size in sizes[1:]):
                raise ModelRejected(f"the program leaves more than the batch free in its input: {meta['sizes']}")
            shape, dtype = tuple(int(s) for s in sizes[1:]), DTYPES[meta["dtype"]]
            exported = Exported(sizes[0])
            exported.input = name
        elif kind not in ("token", "user_input"):
            raise ModelUnsafe(f"the program takes an input of kind {kind}", entry=kind)
    if exported is None:
        raise NotAClassifier("the program takes no tensor")
    for name, fqn, parameter in owned:
        exported.module.own(fqn, tensor(fqn), parameter=parameter)
        if not parameter and tensor(fqn).numel() <= known.MOST:
            exported.numbers[fqn] = tensor(fqn).clone()
        exported.tensors[name] = fqn
    return exported, shape, dtype


def _nodes(nodes: list[dict[str, Any]], exported: Exported) -> None:
    if len(nodes) > MAX_NODES:
        raise ModelUnsafe(f"the program has {len(nodes):,} operators; {MAX_NODES:,} are allowed")
    for node in nodes:
        target = str(node["target"])
        outputs = [_names(output) for output in node["outputs"]]
        single = len(outputs) == 1 and isinstance(outputs[0], str)
        names = tuple(outputs) if single or len(outputs) != 1 else tuple(outputs[0])
        given = {i["name"]: _argument(i["arg"]) for i in node["inputs"]}
        if target in _PYTHON:
            function = _PYTHON[target]
            exported.nodes.append(_Node(_plain(function), tuple(given.values()), names, single))
            continue
        parts = target.split(".")
        if parts[:2] != ["torch", "ops"] or len(parts) != 5:
            raise UnsupportedOperator(f"the operator {target} is not supported", operator=target)
        namespace, name, overload = parts[2:]
        if name.startswith(_CHECKS):
            continue
        operators.check(namespace, name, "the program's graph")
        if namespace != "aten":
            raise UnsupportedOperator(f"the operator {target} is not supported", operator=target)
        function = calls.Aten(name, f"aten::{name}.{overload}(", "the program's graph")
        if not function.arguments:
            raise UnsupportedOperator(f"this torch has no operator {target}", operator=target)
        arguments = tuple(given[a.name] if a.name in given else _Constant(a.default_value) for a in function.arguments)
        exported.nodes.append(_Node(function, arguments, names, single))


def _plain(function: Callable[..., Any]) -> Callable[..., Any]:
    return lambda program, *given: function(*given)


@dataclass(frozen=True)
class _Name:
    name: str


@dataclass(frozen=True)
class _Constant:
    value: Any


def _names(output: dict[str, Any]) -> Any:
    (kind, body), *_ = output.items()
    if kind == "as_tensors":
        return [item["name"] for item in body]
    return str(body.get("name", body.get("as_name", ""))) if isinstance(body, dict) else ""


def _argument(argument: dict[str, Any]) -> Any:
    """Read one argument: a `_Name`, a `_Constant`, or a list of these."""
    (kind, body), *_ = argument.items()
    if kind == "as_none":
        return _Constant(None)
    if kind in ("as_float", "as_floats"):  # what is not finite is written as text
        return _Constant(float(body) if kind == "as_float" else [float(item) for item in body])
    if kind in ("as_int", "as_bool", "as_string", "as_ints", "as_bools", "as_strings"):
        return _Constant(body)
    if kind in ("as_tensor", "as_custom_obj"):
        return _Name(str(body["name"]))
    if kind == "as_tensors":
        return [_Name(str(item["name"])) for item in body]
    if kind in ("as_optional_tensors", "as_sym_ints", "as_sym_floats", "as_sym_bools"):
        return [_argument(item) for item in body]
    if kind in ("as_sym_int", "as_sym_float", "as_sym_bool"):
        return _argument(body)
    if kind == "as_name":
        return _Name(str(body))
    if kind == "as_scalar_type":
        return _Constant(code(DTYPES[body]))
    if kind == "as_memory_format":
        return _Constant(_FORMATS.get(body))
    if kind in ("as_layout", "as_device"):
        return _Constant(None if kind == "as_layout" else "cpu")
    raise UnsupportedOperator(f"the program passes an argument of kind {kind}", operator=kind)


def _value(argument: Any, values: dict[str, Any]) -> Any:
    if isinstance(argument, _Name):
        return values[argument.name]
    if isinstance(argument, _Constant):
        return list(argument.value) if isinstance(argument.value, (list, tuple)) else argument.value
    return [_value(item, values) for item in argument]

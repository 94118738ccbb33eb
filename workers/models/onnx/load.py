"""ONNX file → `AuditedModel`."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from onnx import ModelProto, TensorProto
from torch.export import ExportedProgram

from openapi.models import InputSpec
from openapi.problems import ModelMalformed, ModelNumerics, ModelRejected, NotAClassifier
from workers.models.agreement import agreement
from workers.models.audited import AuditedModel
from workers.models.choice import Wanted, choose
from workers.models.from_module import assemble
from workers.models.graphs import quiet_export
from workers.models.inputs import FileInput, wrong_input
from workers.models.onnx.admission import read_model
from workers.models.onnx.bundle import bundle_notes
from workers.models.onnx.foregone import decided, indexed
from workers.models.onnx.graph import Graph, Node, Port, read_graph
from workers.models.onnx.linear_models import write_out
from workers.models.onnx.masked import masked_writes
from workers.models.onnx.module import OnnxModule
from workers.models.onnx.names import folded_norms, named
from workers.models.onnx.prune import needed
from workers.models.onnx.resolve import operator_of
from workers.models.onnx.shared import unshared
from workers.models.onnx.tensors import type_name

_INPUT_TYPES: dict[int, torch.dtype] = {
    TensorProto.FLOAT: torch.float32,
    TensorProto.DOUBLE: torch.float32,
    TensorProto.FLOAT16: torch.float16,
    TensorProto.BFLOAT16: torch.bfloat16,
    TensorProto.UINT8: torch.uint8,
    TensorProto.INT8: torch.int8,
    TensorProto.INT32: torch.int32,
    TensorProto.INT64: torch.int64,
}


@dataclass(frozen=True)
class Converted:
    """A file's network as a module, and what it takes."""

    module: OnnxModule
    input: FileInput
    spec: InputSpec
    warnings: tuple[str, ...]
    producer: str | None
    precision: torch.dtype


def load_onnx(path: Path, input: InputSpec, output: Wanted = None) -> AuditedModel:
    """Translate an ONNX file; `input` may leave out what the file says itself.

    Admission (`read_model`) comes first; nothing is inferred or computed before it. Raises `ModelMalformed`,
    `ModelUnsafe`, `UnsupportedOperator` (operator, version, node), `ModelNumerics`, `NotAClassifier`, `ModelRejected`.
    """
    found = convert(path, input, output)
    try:
        return _assemble(found)
    except ModelRejected as error:
        if found.module.fixed_batch is not None or type(error) not in (ModelRejected, NotAClassifier):
            raise
        for batch in _burnt(found.module.onnx):
            model = _rigid(found, batch, path)
            if model is not None:
                return model
        raise


def _rigid(found: Converted, batch: int, path: Path) -> AuditedModel | None:
    """The model of a file that declares the batch free and has sizes for one of `batch` all the same; None if not."""
    told = f"the file declares a free batch size, but its sizes hold for {batch} alone; it was freed"
    module = OnnxModule(indexed(found.module.onnx), batch)
    try:
        model = _assemble(replace(found, module=module, warnings=(*found.warnings, told)))
    except ModelRejected:
        return None
    if batch == 1:
        return model
    seen = agreement(model, path, batch)
    agrees = "relative" in seen and seen["relative"] <= seen["explained"]
    return model if agrees and _rows_are_independent(model) else None


def _burnt(graph: Graph) -> list[int]:
    """Batch sizes that an exporter may have left in a file: 1, and those at which constants begin."""
    first = {1}
    for array in graph.constants.values():
        if array.dtype == np.int64 and array.ndim == 1 and array.size:
            first.add(int(array[0]))
        elif array.ndim:
            first.add(array.shape[0])
    return [size for size in (1, 2, 3, 4, 5, 6, 8, 16, 32, 64) if size in first]


def _assemble(found: Converted) -> AuditedModel:
    settings: dict[str, Any] = {"format": "onnx", "warnings": found.warnings, "producer": found.producer}
    settings["precision"] = found.precision
    try:
        return assemble(found.module, found.input, found.spec, **settings)
    except ModelRejected as error:
        if "cannot be freed" not in error.detail:
            raise
        try:
            model = assemble(_export_unproved(found), found.input, found.spec, **settings)
        except (RuntimeError, ValueError):
            raise error from None
        if not _rows_are_independent(model):
            raise
        return model


def _export_unproved(found: Converted) -> ExportedProgram:
    """Export although torch cannot prove that the sizes hold for every batch; `_rows_are_independent` tries it out.

    Merging the batch with another dimension leaves questions such as ``2n · min(4, 8n) = 8n``, true for every n ≥ 1.
    """
    example = torch.rand((2, *found.input.shape), generator=torch.Generator().manual_seed(0))
    with quiet_export(), torch.enable_grad():
        return torch.export.export(
            found.module,
            (example,),
            dynamic_shapes=({0: torch.export.Dim("batch", min=1)},),
            strict=False,
            prefer_deferred_runtime_asserts_over_guards=True,
        )


def _rows_are_independent(model: AuditedModel) -> bool:
    """Whether an image's logits are the same alone and in batches of 2, 3 and 5."""
    assert model.input.shape is not None
    images = torch.rand((5, *model.input.shape), generator=torch.Generator().manual_seed(1))
    try:
        with torch.no_grad():
            alone = torch.cat([model(image[None]) for image in images])
            groups = torch.cat([model(images[:2]), model(images[2:])])
            return torch.allclose(alone, groups, 1e-3, 1e-4) and torch.allclose(alone, model(images), 1e-3, 1e-4)
    except RuntimeError:
        return False


def convert(path: Path, input: InputSpec, output: Wanted = None) -> Converted:
    """Admit an ONNX file and turn it into a module of the file's own input; see `load_onnx`."""
    model = read_model(path)
    try:
        found = _convert(model, input, output)
    except _DAMAGE as error:  # what protobuf lets through: names that are no text, attributes of the wrong kind
        raise ModelMalformed(f"The ONNX file is damaged: {type(error).__name__} while its graph was read.") from error
    return replace(found, warnings=(*bundle_notes(path), *found.warnings))


_DAMAGE = (TypeError, ValueError, KeyError, IndexError, AttributeError, OverflowError, RecursionError)


def _convert(model: ModelProto, input: InputSpec, output: Wanted) -> Converted:
    write_out(model)
    graph = masked_writes(read_graph(model))
    if output is not None:  # all else is left out before its operators are looked at
        graph = replace(graph, outputs=(choose([((port.name,), port) for port in graph.outputs], output),))
    graph, notes = needed(decided(graph))
    notes = [*notes, *folded_norms(graph)]
    graph = unshared(named(graph))
    _check_numbers(graph)
    port = _image_input(graph)
    shape, fixed = _input_shape(port, input)
    dtype = _INPUT_TYPES[port.element_type]
    module = OnnxModule(graph if fixed is None else indexed(graph), fixed)
    spec = input
    warnings = [*notes]
    if fixed is not None:
        warnings.append(f"the file fixes the batch size at {fixed}; it was freed")
    if port.element_type in (TensorProto.FLOAT16, TensorProto.BFLOAT16, TensorProto.DOUBLE):
        warnings.append(f"the file takes {type_name(port.element_type)}; it is computed in float32")
    if not dtype.is_floating_point and "range" not in spec.model_fields_set:
        spec = spec.model_copy(update={"range": (0.0, 255.0)})
        warnings.append("the file takes integers, so pixels are given to it as 0 to 255")
    nodes = _all_nodes(graph)
    estimated = sorted({n.op for n in nodes if operator_of(n).gradient == "straight-through"})
    if estimated:
        warnings.append(
            f"gradients through {', '.join(estimated)} are straight-through estimates, because these are step functions"
        )
    producer = " ".join(filter(None, (model.producer_name, model.producer_version))) or None
    return Converted(module, FileInput(shape, dtype), spec, tuple(warnings), producer, _precision(model))


def _precision(model: ModelProto) -> torch.dtype:
    """In which the file keeps most of its weights: a half precision, else float32."""
    held: dict[torch.dtype, int] = {}
    for tensor in model.graph.initializer:
        dtype = _INPUT_TYPES.get(tensor.data_type, torch.int64)
        if dtype.is_floating_point:
            held[dtype] = held.get(dtype, 0) + math.prod(tensor.dims)
    return max(held, key=lambda dtype: held[dtype], default=torch.float32)


def _image_input(graph: Graph) -> Port:
    if len(graph.inputs) != 1:
        names = ", ".join(p.name for p in graph.inputs) or "none"
        raise NotAClassifier(
            f"An image classifier has one input; this file has {len(graph.inputs)} ({names}). "
            "Export the inference model, with every other input as a constant."
        )
    port = graph.inputs[0]
    if port.element_type not in _INPUT_TYPES:
        raise NotAClassifier(
            f"The input {port.name!r} takes {type_name(port.element_type)}; "
            "an image is float, half, double or an integer."
        )
    return port


def _input_shape(port: Port, spec: InputSpec) -> tuple[tuple[int, ...], int | None]:
    """(shape without the batch, the batch size that the file fixes or None)."""
    if port.dims is None or (len(port.dims) > 1 and all(d is None for d in port.dims[1:])):
        if spec.shape is None:
            raise wrong_input("/input/shape", "the file does not say its input's shape: give [channels, height, width]")
        c, h, w = spec.shape
        if port.dims is not None and len(port.dims) == 2:
            return (c * h * w,), port.dims[0]
        return ((h, w, c) if spec.layout == "NHWC" else (c, h, w)), port.dims[0] if port.dims else None
    if len(port.dims) < 2:
        raise NotAClassifier(
            f"The input {port.name!r} has shape {list(port.dims)}; an image batch has at least 2 axes."
        )
    if len(port.dims) == 3 and port.dims[0] == 3 and all(d is not None and d > 4 for d in port.dims[1:]):
        raise NotAClassifier(
            f"The input {port.name!r} has shape {list(port.dims)}: one image without a batch axis. "
            "Export the model with a batch of images as its input."
        )
    shape = list(port.dims[1:])
    if None in shape:
        shape = _filled(shape, port, spec)
    return tuple(int(s) for s in shape if s is not None), port.dims[0]


def _filled(shape: list[int | None], port: Port, spec: InputSpec) -> list[int | None]:
    """Free height and width (and channels) from the caller's spec."""
    if spec.shape is None or len(shape) != 3:
        shown = ["n", *("?" if s is None else str(s) for s in shape)]
        raise wrong_input(
            "/input/shape", f"the file leaves sizes of its input {shown} free: give [channels, height, width]"
        )
    c, h, w = spec.shape
    nhwc = spec.layout == "NHWC" or (spec.layout is None and shape[0] is None and shape[2] == c)
    wanted = (h, w, c) if nhwc else (c, h, w)
    if any(s is not None and s != given for s, given in zip(shape, wanted, strict=True)):
        raise wrong_input("/input/shape", f"the file takes {shape}, which {list(spec.shape)} does not fit")
    return list(wanted)


def _check_numbers(graph: Graph) -> None:
    for name, array in graph.constants.items():
        if array.dtype == np.float32 and np.isnan(array).any():
            raise ModelNumerics(f"The weight {name!r} holds NaN. Train or convert the model again.", weight=name)


def _all_nodes(graph: Graph) -> Iterator[Node]:
    for node in graph.nodes:
        yield node
        for value in node.attributes.values():
            if isinstance(value, Graph):
                yield from _all_nodes(value)

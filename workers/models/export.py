"""Writes an `AuditedModel` as ONNX, TorchScript, ``.pt2`` and safetensors that load elsewhere.

An exported program takes what the uploaded file took (its shape, layout and normalisation) with any number of images,
and returns logits: read before a closing Softmax where the file had one. A file whose weights were in half precision
is written in half precision again; bfloat16 becomes float32 in ONNX, whose runtime cannot compute it on a CPU. Each
program is run once more after writing and compared with the model.
"""

import json
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file
from torch import Tensor

from openapi.problems import JobFailed
from workers.models.audited import AuditedModel
from workers.models.for_exporter import for_exporter, rename
from workers.models.graphs import export_program, quiet_export
from workers.models.precision import half_of, network, taken_dtype
from workers.models.scripted import scripted
from workers.models.torchscript.archive import INPUT_NOTE

#: Largest difference between a written program's logits and the model's, relative to the largest logit; half
#: precisions have 11 and 8 bits, and their rounding adds up over the layers.
TOLERANCE = {None: 1e-3, torch.float16: 2e-2, torch.bfloat16: 1e-1}


def _probe(model: AuditedModel, images: int) -> Tensor:
    """Random input in the file's own form, in the precision that the model computes in; seeded."""
    assert model.input.shape is not None
    pixels = torch.rand((images, *model.input.shape), generator=torch.Generator().manual_seed(images))
    raw: Tensor = model.transform(pixels.to(model.transform.scale.device))
    return raw.detach().cpu()


def _compare(model: AuditedModel, run: Callable[[Tensor], Tensor], kind: str, precision: torch.dtype | None) -> None:
    x = _probe(model, 3)
    with torch.no_grad():
        expected = model.graph(x.to(model.transform.scale.device)).cpu()
        found = run(x.to(taken_dtype(model, precision))).to(expected.dtype)
    scale = float(expected.abs().max()) or 1.0
    if found.shape != expected.shape or not float((found - expected).abs().max()) <= TOLERANCE[precision] * scale:
        raise JobFailed(f"the written {kind} file does not give the model's logits")


def write_torchscript(model: AuditedModel, path: Path) -> None:
    """Write a compiled program for `torch.jit.load`; parameters keep their names, an extra file notes the input."""
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")
        note, precision = json.dumps({"shape": list(model.file_input.shape)}), half_of(model)
        scripted(network(model, precision)).save(str(path), _extra_files={INPUT_NOTE: note})
        loaded = torch.jit.load(str(path), map_location="cpu")
        _compare(model, loaded, "TorchScript", precision)


def write_pt2(model: AuditedModel, path: Path) -> None:
    """Write a `torch.export` program (``.pt2``) with a free batch size; parameters keep their names."""
    from workers.models.pt2 import load_pt2

    precision = half_of(model)
    example = _probe(model, 2).to(taken_dtype(model, precision))
    with quiet_export(), path.open("wb") as file:
        torch.export.save(export_program(network(model, precision), example), file)
    # our own reading of it computes in float32
    _compare(model, load_pt2(path, model.input).graph, "pt2", None)


def onnx_half(model: AuditedModel) -> torch.dtype | None:
    """The half precision that the model's ONNX file has, if any: onnxruntime computes no bfloat16 on a CPU."""
    return torch.float16 if half_of(model) == torch.float16 else None


def write_onnx(model: AuditedModel, path: Path, opset: int | None = None, *, floats: bool = False) -> None:
    """Write an ONNX file (input ``input``, output ``logits``) by torch's default exporter, with a free batch size.

    opset: None is torch's own choice; floats: in float32 whatever the upload was. `JobFailed` where the file cannot be
    brought to the opset asked for.
    """
    from workers.models.onnx.runtime import session

    precision = None if floats else onnx_half(model)
    exported, names = for_exporter(network(model, precision))
    with quiet_export(), torch.no_grad():
        program = torch.onnx.export(
            exported,
            (_probe(model, 2).to(taken_dtype(model, precision)),),
            dynamo=True,
            opset_version=opset,
            input_names=["input"],
            output_names=["logits"],
            dynamic_shapes=({0: torch.export.Dim("batch", min=1)},),
            verbose=False,
        )
    assert program is not None
    found = program.model.opset_imports.get("")
    if opset is not None and found != opset:
        raise JobFailed(f"torch writes this network in opset {found} and cannot bring it to {opset}")
    rename(program.model.graph, names)
    program.save(str(path), external_data=False)
    opened = session(str(path))

    def run(x: Tensor) -> Tensor:
        (logits,) = opened.run(None, {opened.get_inputs()[0].name: x.numpy()})
        return torch.from_numpy(np.asarray(logits))

    _compare(model, run, "ONNX", precision)


def write_safetensors(model: AuditedModel, path: Path) -> None:
    """Write parameters and buffers under the file's names, with the input contract in the header's metadata.

    Equal tensors give equal bytes: the library writes the metadata in an order of chance.
    """
    half = half_of(model)
    tensors = {name: value.detach().cpu().clone().contiguous() for name, value in model.graph.state_dict().items()}
    if half is not None:
        tensors = {name: value.to(half) if value.is_floating_point() else value for name, value in tensors.items()}
    save_file(tensors, str(path), metadata={"format": "pt", "input": model.input.model_dump_json()})
    with path.open("r+b") as file:
        length = int.from_bytes(file.read(8), "little")
        header = json.loads(file.read(length))
        header["__metadata__"] = dict(sorted(header["__metadata__"].items()))
        ordered = json.dumps(header, ensure_ascii=False, separators=(",", ":")).encode()
        if len(ordered) <= length:  # as the format has it, spaces fill the header up
            file.seek(8)
            file.write(ordered.ljust(length))

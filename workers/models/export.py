"""Writes an `AuditedModel` as ONNX, TorchScript, ``.pt2`` and safetensors that load elsewhere.

An exported program takes what the uploaded file took (its shape, layout and normalisation; half precision as float32)
with any number of images, and returns logits: read before a closing Softmax where the file had one. Each program is
run once more after writing and compared with the model.
"""

import copy
import json
import re
import warnings
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import save_file
from torch import Tensor, fx

from openapi.problems import JobFailed
from workers.models.audited import AuditedModel
from workers.models.graphs import export_program, fetch, quiet_export
from workers.models.scripted import scripted
from workers.models.torchscript.archive import INPUT_NOTE

#: Largest difference between a written program's logits and the model's, relative to the largest logit.
TOLERANCE = 1e-3


def _probe(model: AuditedModel, images: int) -> Tensor:
    """Random input in the file's own form; seeded."""
    assert model.input.shape is not None
    pixels = torch.rand((images, *model.input.shape), generator=torch.Generator().manual_seed(images))
    raw: Tensor = model.transform(pixels.to(model.transform.scale.device))
    return raw.detach().cpu()


def _compare(model: AuditedModel, run: Callable[[Tensor], Tensor], kind: str) -> None:
    x = _probe(model, 3)
    with torch.no_grad():
        expected = model.graph(x.to(model.transform.scale.device)).cpu()
        found = run(x)
    scale = float(expected.abs().max()) or 1.0
    if found.shape != expected.shape or not float((found - expected).abs().max()) <= TOLERANCE * scale:
        raise JobFailed(f"the written {kind} file does not give the model's logits")


def write_torchscript(model: AuditedModel, path: Path) -> None:
    """Write a compiled program for `torch.jit.load`; parameters keep their names, an extra file notes the input."""
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")
        note = json.dumps({"shape": list(model.file_input.shape)})
        scripted(model.graph).save(str(path), _extra_files={INPUT_NOTE: note})
        loaded = torch.jit.load(str(path), map_location="cpu")
        _compare(model, loaded, "TorchScript")


def write_pt2(model: AuditedModel, path: Path) -> None:
    """Write a `torch.export` program (``.pt2``) with a free batch size; parameters keep their names."""
    from workers.models.pt2 import load_pt2

    network = copy.deepcopy(model.graph).cpu()
    with quiet_export(), path.open("wb") as file:
        torch.export.save(export_program(network, _probe(model, 2)), file)
    _compare(model, load_pt2(path, model.input).graph, "pt2")


def write_onnx(model: AuditedModel, path: Path) -> None:
    """Write an ONNX file (input ``input``, output ``logits``) by torch's default exporter, with a free batch size."""
    import onnxruntime

    network, names = _numbered(model.graph)
    with quiet_export(), torch.no_grad():
        program = torch.onnx.export(
            network,
            (_probe(model, 2),),
            dynamo=True,
            input_names=["input"],
            output_names=["logits"],
            dynamic_shapes=({0: torch.export.Dim("batch", min=1)},),
            verbose=False,
        )
    assert program is not None
    _rename(program.model.graph, names)
    program.save(str(path), external_data=False)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = torch.get_num_threads()
    options.log_severity_level = 4
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])

    def run(x: Tensor) -> Tensor:
        (logits,) = session.run(None, {session.get_inputs()[0].name: x.numpy()})
        return torch.from_numpy(np.asarray(logits))

    _compare(model, run, "ONNX")


#: What a weight is called while the file is written, and its number.
_NUMBERED = re.compile(r"weight_of_file_(\d{6})")


def _numbered(module: fx.GraphModule) -> tuple[fx.GraphModule, dict[str, str]]:
    """A copy whose tensors have names that no exporter invents, and {that name: the file's}.

    A file of an exporter may call its weights what the same exporter calls its intermediate values (``val_50``).
    """
    graph = copy.deepcopy(module.graph)
    numbers: dict[str, str] = {}
    for node in graph.nodes:
        if node.op == "get_attr":
            node.target = numbers.setdefault(str(node.target), f"weight_of_file_{len(numbers):06}")
    tensors = {number: fetch(module, name).detach().cpu() for name, number in numbers.items()}
    return fx.GraphModule(tensors, graph), {number: name for name, number in numbers.items()}


def _rename(graph: Any, names: dict[str, str]) -> None:
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


def write_safetensors(model: AuditedModel, path: Path) -> None:
    """Write parameters and buffers under the file's names, with the input contract in the header's metadata.

    Equal tensors give equal bytes: the library writes the metadata in an order of chance.
    """
    tensors = {name: value.detach().cpu().clone().contiguous() for name, value in model.graph.state_dict().items()}
    save_file(tensors, str(path), metadata={"format": "pt", "input": model.input.model_dump_json()})
    with path.open("r+b") as file:
        length = int.from_bytes(file.read(8), "little")
        header = json.loads(file.read(length))
        header["__metadata__"] = dict(sorted(header["__metadata__"].items()))
        ordered = json.dumps(header, ensure_ascii=False, separators=(",", ":")).encode()
        if len(ordered) <= length:  # as the format has it, spaces fill the header up
            file.seek(8)
            file.write(ordered.ljust(length))

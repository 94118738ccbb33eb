"""Writes an `AuditedModel` as ONNX, TorchScript, ``.pt2`` and safetensors that load elsewhere.

An exported program takes what the uploaded file took (its shape, layout and normalisation; half precision as float32)
with any number of images, and returns logits: read before a closing Softmax where the file had one. Each program is
run once more after writing and compared with the model.
"""

import copy
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file
from torch import Tensor, fx

from openapi.problems import JobFailed
from workers.models.audited import AuditedModel
from workers.models.graphs import export_program, op_name, quiet_export

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


def _traceable(model: AuditedModel) -> fx.GraphModule:
    """Copy the network with sizes read and used by methods: `torch.jit.trace` records these and burns others in."""
    network = copy.deepcopy(model.graph).cpu()
    for node in network.graph.nodes:
        name = "size" if op_name(node) == "sym_size" else op_name(node)
        sized = any(
            isinstance(arg, (list, tuple)) and any(isinstance(a, fx.Node) for a in arg) for arg in node.args[1:]
        )
        if (name == "size" or sized) and isinstance(node.args[0], fx.Node) and hasattr(Tensor, name):
            node.op, node.target = "call_method", name
    network.recompile()
    return network.requires_grad_(False)


def write_torchscript(model: AuditedModel, path: Path) -> None:
    """Write a traced program for `torch.jit.load`; parameters keep their names."""
    network = _traceable(model)
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")
        script = torch.jit.trace(network, (_probe(model, 2),), check_trace=False)  # type: ignore[no-untyped-call]
        script.save(str(path))
        loaded = torch.jit.load(str(path), map_location="cpu")  # type: ignore[no-untyped-call]
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

    network = copy.deepcopy(model.graph).cpu().requires_grad_(False)
    with quiet_export(), torch.no_grad():
        torch.onnx.export(
            network,
            (_probe(model, 2),),
            str(path),
            dynamo=True,
            input_names=["input"],
            output_names=["logits"],
            dynamic_shapes=({0: torch.export.Dim("batch", min=1)},),
            external_data=False,
            verbose=False,
        )
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = torch.get_num_threads()
    options.log_severity_level = 4
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])

    def run(x: Tensor) -> Tensor:
        (logits,) = session.run(None, {session.get_inputs()[0].name: x.numpy()})
        return torch.from_numpy(np.asarray(logits))

    _compare(model, run, "ONNX")


def write_safetensors(model: AuditedModel, path: Path) -> None:
    """Write parameters and buffers under the file's names, with the input contract in the header's metadata."""
    tensors = {name: value.detach().cpu().clone().contiguous() for name, value in model.graph.state_dict().items()}
    save_file(tensors, str(path), metadata={"format": "pt", "input": model.input.model_dump_json()})

"""Compares a translated model with the file run by its own runtime: torch for TorchScript, onnxruntime for ONNX."""

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from workers.models.audited import AuditedModel

#: A relative difference above this is told to the user; half precision alone makes up to 1 %.
NOTABLE = 1e-3

_NUMPY = {
    "tensor(float)": np.float32,
    "tensor(double)": np.float64,
    "tensor(float16)": np.float16,
    "tensor(uint8)": np.uint8,
    "tensor(int8)": np.int8,
    "tensor(int32)": np.int32,
    "tensor(int64)": np.int64,
    "tensor(bool)": np.bool_,
}


def agreement(model: AuditedModel, path: Path, images: int = 2) -> dict[str, Any]:
    """Run file and model on the same random images.

    Returns ``{runtime, images, relative}``: the largest difference of the logits (of the probabilities, where the file
    returns these) over the largest of the original's; or ``{runtime, reason}`` when the original could not be run.
    """
    if model.format not in _OPENERS:
        return {"runtime": None, "reason": "this format's own loader unpickles, and so is not run"}
    runtime = f"torch {torch.__version__}" if model.format == "torchscript" else _onnxruntime_version()
    assert model.input.shape is not None
    pixels = torch.rand((images, *model.input.shape), generator=torch.Generator().manual_seed(2))
    with torch.no_grad():
        ours = model(pixels)
        raw = model.transform(pixels)
        try:
            original = _OPENERS[model.format](path, model)
            theirs = _batches(original, raw, model.num_classes)
        except Exception as error:  # the original runtime may fail in any way; it decides nothing
            return {"runtime": runtime, "reason": f"the original could not be run: {str(error)[:200]}"}
    readings = [ours]
    if model.before_softmax:
        readings = [torch.softmax(ours, 1), torch.log_softmax(ours, 1)]
    scale = float(theirs.abs().max()) or 1.0
    relative = min(float((reading - theirs).abs().max()) / scale for reading in readings)
    return {"runtime": runtime, "images": images, "relative": relative}


def _onnxruntime_version() -> str:
    import onnxruntime

    return f"onnxruntime {onnxruntime.__version__}"


def _batches(original: Callable[[Tensor], Any], raw: Tensor, classes: int) -> Tensor:
    """Run all images at once, or one by one where the file's batch is fixed at 1, or the first repeated to fill it."""
    try:
        return _logits(original(raw), classes, len(raw))
    except Exception:
        return torch.cat([_logits(original(image[None]), classes, 1) for image in raw])


def _logits(output: Any, classes: int, images: int) -> Tensor:
    """Pick the tensor of (images, classes) out of whatever the original returned."""
    if isinstance(output, Tensor):
        flat = output.flatten(1) if output.dim() > 1 else output
        if tuple(flat.shape) == (images, classes):
            return flat.float()
    elif isinstance(output, dict):
        for key in sorted(output, key=lambda k: k != "logits"):
            return _logits(output[key], classes, images)
    elif isinstance(output, (tuple, list)):
        for item in output:
            try:
                return _logits(item, classes, images)
            except ValueError:
                continue
    raise ValueError(f"no output of shape ({images}, {classes})")


def _open_torchscript(path: Path, model: AuditedModel) -> Callable[[Tensor], Any]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        script = torch.jit.load(str(path), map_location="cpu").eval()  # type: ignore[no-untyped-call]
    dtype = model.file_input.dtype

    def run(x: Tensor) -> Any:
        with warnings.catch_warnings(), torch.jit.optimized_execution(False):  # type: ignore[attr-defined]
            warnings.simplefilter("ignore")
            return script(x.to(dtype))

    return run


def _open_onnx(path: Path, model: AuditedModel) -> Callable[[Tensor], Any]:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = torch.get_num_threads()
    options.log_severity_level = 4
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    taken = max(session.get_inputs(), key=lambda port: len(port.shape))  # others, if any, are read by nothing
    idle: dict[str, Any] = {
        port.name: np.zeros([d if isinstance(d, int) else 1 for d in port.shape], _NUMPY[port.type])
        for port in session.get_inputs()
        if port.name != taken.name
    }

    def run(x: Tensor) -> Any:
        found = session.run(None, {**idle, taken.name: x.numpy().astype(_NUMPY[taken.type])})
        return [torch.from_numpy(v) for v in found if isinstance(v, np.ndarray)]

    return run


_OPENERS: dict[str, Callable[[Path, AuditedModel], Callable[[Tensor], Any]]] = {
    "torchscript": _open_torchscript,
    "onnx": _open_onnx,
}

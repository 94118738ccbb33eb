"""An ONNX file as onnxruntime runs it: what translations and written files are compared with."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import torch
from torch import Tensor

from workers.models.audited import AuditedModel
from workers.models.onnx.admission import parse
from workers.models.torchscript.archive import is_zip

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


def session(source: str | bytes, *, optimised: bool = True) -> Any:
    """Open a file or its bytes on the CPU; `optimised` False computes the graph node by node, as it stands."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = torch.get_num_threads()
    options.log_severity_level = 4
    if not optimised:
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    return onnxruntime.InferenceSession(source, options, providers=["CPUExecutionProvider"])


def open_onnx(path: Path, model: AuditedModel, *, optimised: bool = True) -> Callable[[Tensor], Any]:
    """The file as a function: its input → {output: tensor}; raises `ValueError` for what brings onnxruntime down."""
    file = parse(path)
    _refuse_deadly(file)
    # A zip of a model and its data is put together again; onnxruntime reads no archives.
    opened = session(file.SerializeToString() if is_zip(path) else str(path), optimised=optimised)
    taken = max(opened.get_inputs(), key=lambda port: len(port.shape))  # others, if any, are read by nothing
    zipped = {node.output[0]: _keys(node) for node in file.graph.node if node.op_type == "ZipMap"}
    idle: dict[str, Any] = {
        port.name: np.zeros([d if isinstance(d, int) else 1 for d in port.shape], _NUMPY[port.type])
        for port in opened.get_inputs()
        if port.name != taken.name
    }

    def run(x: Tensor) -> Any:
        found = opened.run(None, {**idle, taken.name: x.numpy().astype(_NUMPY[taken.type])})
        named = {port.name: value for port, value in zip(opened.get_outputs(), found, strict=True)}
        for name in zipped.keys() & named:
            named[name] = np.array([[row[key] for key in zipped[name]] for row in named[name]], np.float32)
        return {
            name: torch.from_numpy(value)
            for name, value in named.items()
            if isinstance(value, np.ndarray) and value.dtype != object  # which are words
        }

    return run


def _keys(zip_map: onnx.NodeProto) -> list[Any]:
    """What the dictionaries of a ZipMap are read by, in the order of the scores."""
    given = {a.name: onnx.helper.get_attribute_value(a) for a in zip_map.attribute}
    words = [word.decode() for word in given.get("classlabels_strings", ())]
    return words or list(given.get("classlabels_int64s", ()))


def _refuse_deadly(file: onnx.ModelProto) -> None:
    """Raise for a node that ends the process: onnxruntime 1.31 reads the missing bias of its own Attention."""
    for node in file.graph.node:
        if node.domain == "com.microsoft" and node.op_type == "Attention" and not [*node.input, "", "", ""][2]:
            raise ValueError(f"onnxruntime ends in a segmentation fault at {node.name!r}, an Attention without a bias")

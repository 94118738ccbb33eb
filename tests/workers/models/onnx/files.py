"""Builds ONNX files by hand, and compares translations with onnxruntime."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import torch
from onnx import TensorProto, helper, numpy_helper

from openapi.models import InputSpec
from workers.models.audited import AuditedModel
from workers.models.onnx.load import load_onnx

Node = onnx.NodeProto
#: A free batch of small colour images.
RGB = ["n", 3, 8, 8]


def rand(*shape: int, seed: int = 0, scale: float = 0.5) -> np.ndarray[Any, Any]:
    return (np.random.default_rng(seed + sum(shape)).standard_normal(shape) * scale).astype(np.float32)


def ints(*values: int) -> np.ndarray[Any, Any]:
    return np.array(values, np.int64)


def number(value: float) -> np.ndarray[Any, Any]:
    return np.array(value, np.float32)


def norm(name: str, channels: int) -> dict[str, Any]:
    """The four tensors of a batch normalisation."""
    kinds = ("scale", "bias", "mean", "var")
    return {f"{name}.{kind}": np.abs(rand(channels, seed=i)) + 0.3 for i, kind in enumerate(kinds)}


def node(op: str, inputs: Sequence[str], output: str | Sequence[str], **attributes: Any) -> Node:
    outputs = [output] if isinstance(output, str) else list(output)
    return helper.make_node(op, list(inputs), outputs, name=f"{op}_{outputs[0]}", **attributes)


def model(
    nodes: Sequence[Node],
    input_shape: Sequence[Any],
    constants: dict[str, Any],
    *,
    opset: int = 17,
    ir: int = 8,
    input_type: int = TensorProto.FLOAT,
    outputs: Sequence[str] = ("y",),
    output_type: int = TensorProto.FLOAT,
    extra_inputs: Sequence[onnx.ValueInfoProto] = (),
    domains: dict[str, int] | None = None,
    functions: Sequence[onnx.FunctionProto] = (),
) -> onnx.ModelProto:
    """A one-input model; input ``x``."""
    graph = helper.make_graph(
        list(nodes),
        "g",
        [helper.make_tensor_value_info("x", input_type, list(input_shape)), *extra_inputs],
        [helper.make_tensor_value_info(o, output_type, None) for o in outputs],
        [v if isinstance(v, TensorProto) else numpy_helper.from_array(np.asarray(v), k) for k, v in constants.items()],
    )
    imports = [helper.make_opsetid("", opset), *(helper.make_opsetid(d, v) for d, v in (domains or {}).items())]
    return helper.make_model(
        graph, ir_version=ir, opset_imports=imports, functions=list(functions), producer_name="test"
    )


def conv_head(x: str = "x", size: int = 8, channels: int = 3) -> tuple[list[onnx.NodeProto], dict[str, Any]]:
    """Conv → Relu → GlobalAveragePool → Flatten → Gemm, from a value (n, channels, size, size)."""
    nodes = [
        node("Conv", [x, "conv.weight", "conv.bias"], "c", pads=[1, 1, 1, 1], kernel_shape=[3, 3]),
        node("Relu", ["c"], "r"),
        node("GlobalAveragePool", ["r"], "p"),
        node("Flatten", ["p"], "f"),
        node("Gemm", ["f", "fc.weight", "fc.bias"], "logits", transB=1),
    ]
    constants = {
        "conv.weight": rand(6, channels, 3, 3),
        "conv.bias": rand(6),
        "fc.weight": rand(4, 6, scale=2.0),
        "fc.bias": rand(4),
    }
    return nodes, constants


def initialisers_are_inputs(proto: onnx.ModelProto) -> onnx.ModelProto:
    """As IR version 3 demands: every initialiser stands among the inputs too, ahead of the image."""
    image = proto.graph.input.pop()
    proto.graph.input.extend(
        helper.make_tensor_value_info(t.name, t.data_type, t.dims) for t in proto.graph.initializer
    )
    proto.graph.input.append(image)
    return proto


def save(proto: onnx.ModelProto, folder: Path, name: str = "model.onnx") -> Path:
    path = folder / name
    path.write_bytes(proto.SerializeToString())
    return path


def session(path: Path) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 4
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


_TYPES = {
    "tensor(float)": np.float32,
    "tensor(float16)": np.float16,
    "tensor(double)": np.float64,
    "tensor(uint8)": np.uint8,
}


def reference(path: Path, x: np.ndarray[Any, Any], output: int = 0) -> np.ndarray[Any, Any]:
    """onnxruntime's answer, one image at a time where the file fixes a batch of one."""
    runtime = session(path)
    port = runtime.get_inputs()[0]
    x = x.astype(_TYPES[port.type])
    fixed = port.shape[0] if isinstance(port.shape[0], int) else None
    step = fixed or len(x)
    parts = [runtime.run(None, {port.name: x[i : i + step]})[output] for i in range(0, len(x), step)]
    return np.concatenate([np.atleast_1d(part) for part in parts]).reshape(len(x), -1).astype(np.float32)


def largest_difference(path: Path, audited: AuditedModel, *, batches: Sequence[int] = (1, 3), output: int = 0) -> float:
    """Between the translation and onnxruntime on random images, relative to the largest of onnxruntime's numbers."""
    worst = 0.0
    for n in batches:
        assert audited.input.shape is not None
        x = torch.rand((n, *audited.input.shape), generator=torch.Generator().manual_seed(n))
        with torch.no_grad():
            logits = audited(x)
        assert logits.shape == (n, audited.num_classes)
        assert logits.dtype == torch.float32
        wanted = reference(path, audited.transform(x).numpy(), output)
        assert np.ptp(wanted) > 0 or wanted.size == 1
        found = audited.file_output(logits)
        assert found is not None
        worst = max(worst, float(np.abs(found.numpy() - wanted).max() / np.abs(wanted).max()))
    return worst


def compare(
    path: Path,
    spec: InputSpec | None = None,
    *,
    batches: Sequence[int] = (1, 3),
    tolerance: float = 1e-4,
    output: int = 0,
) -> AuditedModel:
    """Translate a file, compare its logits with onnxruntime's at several batch sizes, check the input gradient."""
    audited = load_onnx(path, spec or InputSpec())
    assert largest_difference(path, audited, batches=batches, output=output) < tolerance
    assert audited.input.shape is not None
    x = torch.rand((2, *audited.input.shape), requires_grad=True)
    (gradient,) = torch.autograd.grad(audited(x).square().sum(), x)
    assert torch.isfinite(gradient).all()
    assert gradient.abs().max() > 0
    return audited

"""What converters and optimisers put into the files that people have; onnxruntime is the reference."""

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest
import torch
from onnx import TensorProto
from torch import nn

from openapi.models import InputSpec
from openapi.problems import UnsupportedOperator
from tests.workers.models.nets import gradient, relative
from tests.workers.models.onnx.files import compare, ints, model, node, number, rand, reference, save
from tests.workers.models.onnx.nets import build
from workers.models.load import load_model

pytestmark = pytest.mark.slow

MS = {"com.microsoft": 1}


def head(x: str, width: int) -> tuple[list[Any], dict[str, Any]]:
    """Mean over tokens (n, tokens, width) → 4 logits."""
    nodes = [node("ReduceMean", [x], "mean", axes=[1], keepdims=0), node("Gemm", ["mean", "fc.w", "fc.b"], "y")]
    return nodes, {"fc.w": rand(width, 4, scale=2.0), "fc.b": rand(4)}


def tokens(*nodes: Any, width: int = 12, domains: dict[str, int] | None = None, opset: int = 17, **c: Any) -> Any:
    """A file of images (n, 5, 1, 12), whose rows are tokens: `nodes` read ``t`` and make ``a``."""
    first = node("Reshape", ["x", "shape"], "t")
    ends, constants = head("a", width)
    constants |= {"shape": ints(0, 5, 12), **c}
    return model([first, *nodes, *ends], ["n", 5, 1, 12], constants, domains=domains, opset=opset)


def sized(*nodes: Any, **constants: Any) -> Any:
    """Images (n, 3, 16, 16), padded by a number that `nodes` make of (height − 15) as ``p``, then a convolution."""
    before = [
        node("Shape", ["x"], "s"),
        node("Gather", ["s", "three"], "height"),
        node("Cast", ["height"], "float", to=TensorProto.FLOAT),
        node("Sub", ["float", "k"], "rest"),
    ]
    after = [
        node("Cast", ["p"], "whole", to=TensorProto.INT64),
        node("Reshape", ["whole", "one"], "flat"),
        node("Concat", ["none", "flat", "none", "flat"], "pads", axis=0),
        node("Pad", ["x", "pads"], "padded"),
        node("Conv", ["padded", "w"], "o"),
        node("GlobalAveragePool", ["o"], "g"),
        node("Flatten", ["g"], "f"),
        node("Gemm", ["f", "fc"], "y"),
    ]
    known = {"three": np.int64(3), "k": number(15), "one": ints(1), "none": ints(0, 0, 0), "zero": number(0)}
    known |= {"hundred": number(100), "w": rand(4, 3, 3, 3), "fc": rand(4, 5)}
    return model([*before, *nodes, *after], ["n", 3, 16, 16], {**known, **constants})


SIZES = {
    "clip": [node("Clip", ["rest", "zero"], "p")],
    "clip both": [node("Clip", ["rest", "zero", "hundred"], "p")],
    "max": [node("Max", ["rest", "zero"], "p")],
    "relu": [node("Relu", ["rest"], "p")],
    "where": [node("Greater", ["rest", "zero"], "positive"), node("Where", ["positive", "rest", "zero"], "p")],
    "sqrt": [node("Sqrt", ["rest"], "p")],
    "hard sigmoid and round": [node("HardSigmoid", ["rest"], "h", alpha=1.0), node("Round", ["h"], "p")],
    "one hot": [
        node("Cast", ["rest"], "number", to=TensorProto.INT64),
        node("Unsqueeze", ["number", "first"], "at"),
        node("OneHot", ["at", "depth", "off_on"], "code", axis=-1),
        node("ReduceSum", ["code"], "p", keepdims=0),
    ],
    "arg max": [
        node("Unsqueeze", ["rest", "first"], "row"),
        node("Concat", ["zeros", "row"], "both", axis=0),
        node("ArgMax", ["both"], "p", axis=0, keepdims=0),
    ],
}


@pytest.mark.parametrize("name", SIZES)
def test_sizes_are_sizes_through_any_operator(name: str, tmp_path: Path) -> None:
    extra = {"depth": np.int64(3), "off_on": np.array([0, 1], np.float32), "first": ints(0), "zeros": number(0)[None]}
    compare(save(sized(*SIZES[name], **extra), tmp_path))


def test_the_batch_through_clip_and_max(tmp_path: Path) -> None:
    nodes = [
        node("Shape", ["x"], "s", end=1),
        node("Clip", ["s", "low"], "c"),
        node("Max", ["c", "low"], "m"),
        node("Concat", ["m", "rest"], "to", axis=0),
        node("Reshape", ["x", "to"], "f"),
        node("Gemm", ["f", "w"], "y"),
    ]
    constants = {"low": ints(1), "rest": ints(-1), "w": rand(48, 4)}
    constants["low"] = np.array([1], np.int64)
    nodes[1].input[1] = "scalar"
    constants["scalar"] = np.array(1, np.int64)
    compare(save(model(nodes, ["n", 3, 4, 4], constants), tmp_path), batches=(1, 2, 5))


ATTENTION: dict[str, tuple[list[str], dict[str, Any]]] = {
    "packed weights": (["t", "w", "b"], {"num_heads": 3}),
    "scale": (["t", "w", "b"], {"num_heads": 2, "scale": 0.3}),
    "causal": (["t", "w", "b"], {"num_heads": 3, "unidirectional": 1}),
    "bias of the scores": (["t", "w", "b", "", "", "sb"], {"num_heads": 3}),
    "widths": (["t", "w", "b"], {"num_heads": 3, "qkv_hidden_sizes": [12, 12, 12]}),
}


@pytest.mark.parametrize("name", ATTENTION)
def test_attention_of_onnxruntime(name: str, tmp_path: Path) -> None:
    inputs, attributes = ATTENTION[name]
    made = node("Attention", inputs, "a", domain="com.microsoft", **attributes)
    proto = tokens(made, domains=MS, w=rand(12, 36), b=rand(36), sb=rand(1, 3, 5, 5))
    found = compare(save(proto, tmp_path))
    assert {"w", "fc.w"} <= set(found.trainable_parameters())


@pytest.mark.parametrize("bias", [False, True])
def test_multi_head_attention_of_onnxruntime(bias: bool, tmp_path: Path) -> None:
    nodes = [node("MatMul", ["t", f"w{i}"], f"q{i}") for i in range(3)]
    inputs = ["q0", "q1", "q2", *(["b"] if bias else [])]
    nodes.append(node("MultiHeadAttention", inputs, "a", domain="com.microsoft", num_heads=3, scale=0.4))
    weights: dict[str, Any] = {f"w{i}": rand(12, 12, seed=i) for i in range(3)}
    compare(save(tokens(*nodes, domains=MS, b=rand(36), **weights), tmp_path))


def test_the_sum_of_a_skip_normalisation_is_read(tmp_path: Path) -> None:
    made = node("SkipLayerNormalization", ["t", "t2", "g", "b"], ["n", "", "", "sum"], domain="com.microsoft")
    more = [node("Sin", ["t"], "t2"), made, node("Add", ["n", "sum"], "a")]
    compare(save(tokens(*more, domains=MS, g=rand(12), b=rand(12)), tmp_path))


@pytest.mark.parametrize("opset", [13, 16])
def test_layer_normalisation_before_its_operator_set(opset: int, tmp_path: Path) -> None:
    made = node("LayerNormalization", ["t", "g", "b"], "a", axis=-1, epsilon=1e-6)
    compare(save(tokens(made, opset=opset, g=rand(12), b=rand(12)), tmp_path))


@pytest.mark.parametrize("direction", ["forward", "bidirectional"])
@pytest.mark.parametrize("op", ["LSTM", "GRU", "RNN"])
def test_recurrent_layers(op: str, direction: str, tmp_path: Path) -> None:
    d, gates = 2 if direction == "bidirectional" else 1, {"LSTM": 4, "GRU": 3, "RNN": 1}[op]
    more = {"linear_before_reset": 1} if op == "GRU" else {}
    nodes = [
        node("Transpose", ["t"], "steps", perm=[1, 0, 2]),
        node(op, ["steps", "w", "r", "b"], "seq", hidden_size=6, direction=direction, **more),
        node("Transpose", ["seq"], "back", perm=[2, 0, 1, 3]),
        node("Reshape", ["back", "joined"], "a"),
    ]
    weights: dict[str, Any] = {"w": rand(d, gates * 6, 12), "r": rand(d, gates * 6, 6), "b": rand(d, gates * 12)}
    found = compare(save(tokens(*nodes, width=6 * d, joined=ints(0, 5, 6 * d), **weights), tmp_path))
    assert set(weights) <= set(found.trainable_parameters())


def test_a_gate_that_torch_has_not_is_refused(tmp_path: Path) -> None:
    made = node("LSTM", ["t", "w", "r"], ["", "a"], hidden_size=6, activations=["Sigmoid", "Relu", "Tanh"])
    with pytest.raises(UnsupportedOperator, match="activations"):
        load_model(save(tokens(made, width=6, w=rand(1, 24, 12), r=rand(1, 24, 6)), tmp_path), None, InputSpec())


@pytest.mark.parametrize(
    "options", [{}, {"pads": [1, 0, 2, 1]}, {"strides": [2, 1]}, {"dilations": [1, 2]}], ids=lambda o: "-".join(o)
)
def test_col2im(options: dict[str, Any], tmp_path: Path) -> None:
    image, block = [6, 7], [2, 3]
    pads = options.get("pads", [0] * 4)
    strides, dilations = (options.get(name, [1, 1]) for name in ("strides", "dilations"))
    blocks = [
        (image[i] + pads[i] + pads[i + 2] - dilations[i] * (block[i] - 1) - 1) // strides[i] + 1 for i in range(2)
    ]
    count = blocks[0] * blocks[1]
    nodes = [
        node("Reshape", ["x", "columns"], "c"),
        node("Col2Im", ["c", "image", "block"], "i", **options),
        node("Flatten", ["i"], "f"),
        node("Gemm", ["f", "w"], "y"),
    ]
    constants = {"columns": ints(0, 12, count), "image": ints(*image), "block": ints(*block), "w": rand(84, 4)}
    compare(save(model(nodes, ["n", 3, 4, count], constants, opset=18), tmp_path))


@pytest.mark.parametrize("kind", ["MAX", "L1", "L2", "scaler"])
def test_scaling_before_a_network(kind: str, tmp_path: Path) -> None:
    scaling = {"offset": [0.1 * i for i in range(16)], "scale": [0.5] * 16}
    first = node("Normalizer", ["x"], "s", domain="ai.onnx.ml", norm=kind)
    nodes = [
        node("Scaler", ["x"], "s", domain="ai.onnx.ml", **scaling) if kind == "scaler" else first,
        node("Gemm", ["s", "w"], "h"),
        node("Relu", ["h"], "r"),
        node("Gemm", ["r", "v"], "y"),
    ]
    proto = model(nodes, ["n", 16], {"w": rand(16, 8, scale=2.0), "v": rand(8, 4)}, domains={"ai.onnx.ml": 1})
    found = compare(save(proto, tmp_path), InputSpec(shape=(1, 4, 4)))
    assert [layer.name for layer in found.layers] == ["w", "v"]


class Standardised(nn.Conv2d):
    """A convolution whose kernel is standardised at each call (BiT, NFNet)."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        flat = self.weight.reshape(1, self.out_channels, -1)
        w = nn.functional.batch_norm(flat, None, None, training=True, momentum=0.0, eps=1e-6)
        logits: torch.Tensor = self._conv_forward(x, w.reshape_as(self.weight), self.bias)
        return logits


def test_weight_standardisation(tmp_path: Path) -> None:
    torch.manual_seed(0)
    first = Standardised(3, 6, 3)
    net = nn.Sequential(first, nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(6, 4)).eval()
    x = torch.rand(3, 3, 12, 12)
    path = tmp_path / "m.onnx"
    options: dict[str, Any] = {"input_names": ["x"], "dynamic_axes": {"x": {0: "n"}}, "opset_version": 17}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(net, (x[:1],), path, dynamo=False, **options)
    found = load_model(path, None, InputSpec())
    assert relative(found(x), net(x)) < 1e-5
    assert relative(gradient(found, x), gradient(net, x)) < 1e-4
    np.testing.assert_allclose(reference(path, x.numpy()), found(x).detach().numpy(), rtol=1e-3, atol=1e-4)
    assert [layer.kind for layer in found.layers] == ["conv", "linear"]
    assert any(p.numel() == first.weight.numel() for p in found.trainable_parameters().values())


@pytest.mark.parametrize("dynamo", [False, True])
@pytest.mark.parametrize("batch", [1, 2, 4])
def test_a_class_token_at_a_fixed_batch(batch: int, dynamo: bool, tmp_path: Path) -> None:
    net: Any = build("vit")[0]
    nn.init.normal_(net.heads.head.weight)
    path = tmp_path / "m.onnx"
    more: dict[str, Any] = {"external_data": False, "verbose": False} if dynamo else {"opset_version": 17}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(net, (torch.rand(batch, 3, 32, 32),), path, dynamo=dynamo, **more)
    assert onnxruntime.InferenceSession(str(path)).get_inputs()[0].shape[0] == batch
    found = load_model(path, None, InputSpec())
    x = torch.rand(5, 3, 32, 32)
    assert relative(found(x), net(x)) < 1e-4
    assert relative(gradient(found, x), gradient(net, x)) < 1e-3

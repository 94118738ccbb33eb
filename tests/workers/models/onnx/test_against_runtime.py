"""Single operators over grids of attributes, against onnxruntime: where the standard's own data has few points.

Each point is computed twice: by the audit's own graph, and by onnx2torch with our converters in its registry.
"""

import itertools
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from tests.workers.models.onnx.files import model, node, rand, reference, save
from workers.models.onnx import bridge
from workers.models.onnx.call import Batch
from workers.models.onnx.graph import read_graph
from workers.models.onnx.module import OnnxModule

# isort: split
import onnx2torch
from onnx2torch.node_converters import registry


@pytest.fixture(autouse=True)
def _our_operators_in_onnx2torch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_CONVERTER_REGISTRY", dict(registry._CONVERTER_REGISTRY))
    bridge.extend()


def check(
    folder: Path,
    op: str,
    x: np.ndarray[Any, Any],
    constants: dict[str, Any],
    opset: int = 17,
    ir: int = 8,
    **attributes: Any,
) -> None:
    """One node on x and constants: same values and shape as onnxruntime, or both refuse."""
    proto = model([node(op, ["x", *constants], "y", **attributes)], list(x.shape), constants, opset=opset, ir=ir)
    module = OnnxModule(read_graph(proto))
    path = save(proto, folder)
    try:
        wanted = reference(path, x)
    except Exception:  # onnxruntime finds the attributes impossible; then ours need not compute them
        return
    (found,) = module.evaluate({"x": torch.from_numpy(x)}, Batch(None), torch.device("cpu"))
    again = onnx2torch.convert(str(path))(torch.from_numpy(x))
    for way, value in (("graph", found), ("onnx2torch", again)):
        assert isinstance(value, torch.Tensor), way
        np.testing.assert_allclose(
            value.detach().numpy().reshape(wanted.shape),
            wanted,
            rtol=1e-4,
            atol=1e-5,
            err_msg=f"{way} {op} {attributes}",
        )


IMAGE = rand(1, 4, 7, 6)


@pytest.mark.parametrize("auto_pad", ["NOTSET", "VALID", "SAME_UPPER", "SAME_LOWER"])
def test_conv(tmp_path: Path, auto_pad: str) -> None:
    for strides, dilations, group in itertools.product([[1, 1], [2, 3]], [[1, 1], [2, 1]], [1, 2]):
        if auto_pad.startswith("SAME") and dilations != [1, 1]:
            continue
        pads: dict[str, Any] = {"pads": [1, 0, 2, 1]} if auto_pad == "NOTSET" else {}
        constants = {"w": rand(6, 4 // group, 3, 2), "b": rand(6)}
        check(
            tmp_path,
            "Conv",
            IMAGE,
            constants,
            auto_pad=auto_pad,
            strides=strides,
            dilations=dilations,
            group=group,
            **pads,
        )


def test_conv_transpose(tmp_path: Path) -> None:
    for strides, extra, group, pads in itertools.product(
        [[1, 1], [2, 3]], [[0, 0], [1, 1]], [1, 2], [[0, 0, 0, 0], [1, 0, 0, 1]]
    ):
        if strides == [1, 1] and extra != [0, 0]:
            continue
        options: dict[str, Any] = {"strides": strides, "output_padding": extra, "group": group, "pads": pads}
        check(tmp_path, "ConvTranspose", IMAGE, {"w": rand(4, 3, 3, 2)}, **options)


@pytest.mark.parametrize("op", ["MaxPool", "AveragePool", "LpPool"])
def test_pools(tmp_path: Path, op: str) -> None:
    for ceil, strides, pads, include in itertools.product(
        [0, 1], [[1, 1], [2, 2], [3, 2]], [[0, 0, 0, 0], [1, 1, 1, 1], [0, 1, 1, 0]], [0, 1]
    ):
        options: dict[str, Any] = {"kernel_shape": [3, 2], "strides": strides, "pads": pads}
        if op == "AveragePool":
            options |= {"count_include_pad": include, "ceil_mode": ceil}
        elif include or (op == "LpPool" and ceil):
            continue
        elif op == "MaxPool":
            options["ceil_mode"] = ceil
        # The rule for the last window of ceil_mode was made clear with operator set 19.
        check(tmp_path, op, IMAGE, {}, opset=19, **options)


@pytest.mark.parametrize("op", ["MaxPool", "AveragePool"])
@pytest.mark.parametrize("dilation", [1, 2])
def test_a_window_larger_than_the_image_needs_no_more_memory(tmp_path: Path, op: str, dilation: int) -> None:
    """EfficientNet of transformers pools 2 × 2 places by a window of 2560 × 2560; padded to that it asked for 67 GB."""
    for kernel, include, pads in itertools.product([10, 25_000], [0, 1], [[0, 0, 0, 0], [1, 1, 1, 1]]):
        options: dict[str, Any] = {"kernel_shape": [kernel] * 2, "strides": [kernel * dilation] * 2, "pads": pads}
        options |= {"ceil_mode": 1}
        options |= {"count_include_pad": include} if op == "AveragePool" else {}
        check(tmp_path, op, IMAGE, {}, opset=19, dilations=[dilation] * 2, **options)


USUAL = {("half_pixel", "round_prefer_floor"), ("asymmetric", "floor")}


@pytest.mark.parametrize("mode", ["nearest", "linear", "cubic"])
@pytest.mark.parametrize("scale", [0.6, 1.7, 2.0])
def test_resize(tmp_path: Path, mode: str, scale: float) -> None:
    rules = ["half_pixel", "align_corners", "asymmetric", "pytorch_half_pixel", "half_pixel_symmetric"]
    nearest = ["round_prefer_floor", "round_prefer_ceil", "floor", "ceil"] if mode == "nearest" else ["floor"]
    for rule, rounding, by_size in itertools.product(rules, nearest, [False, True]):
        if mode == "nearest" and scale != 2.0 and (rule, rounding) not in USUAL:
            continue  # at a broken scale the choice between two equally near neighbours is a matter of rounding
        h, w = int(7 * scale), int(6 * scale)
        constants: dict[str, Any] = {"": np.zeros(0, np.float32), "scales": np.array([1, 1, scale, scale], np.float32)}
        if by_size:
            constants = {"": 0, "  ": 0, "sizes": np.array([1, 4, h, w], np.int64)}
        inputs = ["x", "", "", "sizes"] if by_size else ["x", "", "scales"]
        kept = {k: v for k, v in constants.items() if k.strip()}
        options = {"mode": mode, "coordinate_transformation_mode": rule} | (
            {"nearest_mode": rounding} if mode == "nearest" else {}
        )
        proto = model([node("Resize", inputs, "y", **options)], IMAGE.shape, kept, opset=19)
        wanted = reference(save(proto, tmp_path), IMAGE)
        (found,) = OnnxModule(read_graph(proto)).evaluate(
            {"x": torch.from_numpy(IMAGE)}, Batch(None), torch.device("cpu")
        )
        assert isinstance(found, torch.Tensor)
        np.testing.assert_allclose(found.numpy().reshape(1, -1), wanted, rtol=1e-4, atol=1e-4, err_msg=str(options))


@pytest.mark.parametrize("op", ["Softmax", "LogSoftmax", "Hardmax"])
@pytest.mark.parametrize("opset", [9, 11, 13])
def test_softmax(tmp_path: Path, op: str, opset: int) -> None:
    for axis in (1, 2, 3):
        check(tmp_path, op, IMAGE, {}, opset=opset, axis=axis)


@pytest.mark.parametrize("opset", [9, 11, 13])
def test_reductions_with_axes_as_attribute(tmp_path: Path, opset: int) -> None:
    for op in ("ReduceMean", "ReduceMax", "ReduceL2", "ReduceLogSumExp", "ReduceSumSquare", "ReduceProd"):
        for keep, axes in itertools.product([0, 1], [[1], [2, 3], [0, 1]]):
            check(tmp_path, op, IMAGE, {}, opset=opset, axes=axes, keepdims=keep)


def test_gemm(tmp_path: Path) -> None:
    for ta, tb, alpha, bias in itertools.product([0, 1], [0, 1], [1.0, 0.3], [None, (5,), (1, 5), (4, 1), ()]):
        x = rand(6, 4) if ta else rand(4, 6)
        constants = {"w": rand(5, 6) if tb else rand(6, 5)} | (
            {} if bias is None else {"b": rand(*bias) + np.float32(0)}
        )
        check(
            tmp_path,
            "Gemm",
            x,
            {k: np.asarray(v, np.float32) for k, v in constants.items()},
            transA=ta,
            transB=tb,
            alpha=alpha,
            beta=0.7,
        )


@pytest.mark.parametrize("mode", ["constant", "reflect", "edge", "wrap"])
def test_pad(tmp_path: Path, mode: str) -> None:
    for pads in ([0, 0, 1, 2, 0, 0, 3, 1], [0, 0, 0, 1, 0, 0, 2, 0], [0, 1, 2, 2, 0, 1, 1, 1]):
        check(tmp_path, "Pad", IMAGE, {"p": np.array(pads, np.int64)}, opset=19, ir=9, mode=mode)


def test_slices(tmp_path: Path) -> None:
    for start, end, axis, step in [(1, 5, 2, 2), (-1, -9, 3, -1), (-3, 2**62, 1, 1), (5, 0, 2, -2), (0, -1, -1, 1)]:
        names = dict(
            zip(("s", "e", "a", "t"), (np.array([v], np.int64) for v in (start, end, axis, step)), strict=True)
        )
        check(tmp_path, "Slice", IMAGE, names)


@pytest.mark.parametrize("size", [2, 3, 5])
def test_lrn(tmp_path: Path, size: int) -> None:
    check(tmp_path, "LRN", IMAGE, {}, size=size, alpha=0.5, beta=0.6, bias=1.2)


@pytest.mark.parametrize("op", ["Upsample"])
def test_upsample(tmp_path: Path, op: str) -> None:
    for mode in ("nearest", "linear"):
        check(tmp_path, op, IMAGE, {"s": np.array([1, 1, 2, 3], np.float32)}, opset=9, ir=4, mode=mode)
        check(tmp_path, op, IMAGE, {}, opset=7, ir=3, mode=mode, scales=[1.0, 1.0, 2.0, 3.0])

"""Bits of whole numbers made of the image, against onnxruntime."""

from pathlib import Path

import numpy as np
import pytest
import torch
from onnx import TensorProto, helper

from openapi.models import InputSpec
from tests.workers.models.onnx.files import model, node, number, rand, save, session
from workers.models.load import load_model

KINDS = {8: TensorProto.UINT8, 16: TensorProto.UINT16, 32: TensorProto.UINT32}
CASES = {
    "upper four": ("BitwiseAnd", 0xF0, {}),
    "set": ("BitwiseOr", 0x11, {}),
    "flipped": ("BitwiseXor", 0x55, {}),
    "down": ("BitShift", 3, {"direction": "RIGHT"}),
    "up": ("BitShift", 3, {"direction": "LEFT"}),
}


def bits(folder: Path, op: str, operand: int, width: int, **attributes: str) -> Path:
    kind = KINDS[width]
    nodes = [
        node("Mul", ["x", "s"], "m"),
        node("Cast", ["m"], "b", to=kind),
        node(op, ["b", "c"], "o", **attributes),
        node("Cast", ["o"], "f", to=TensorProto.FLOAT),
        node("Div", ["f", "s"], "d"),
        node("Flatten", ["d"], "v"),
        node("Gemm", ["v", "w"], "y"),
    ]
    held = np.array(operand, helper.tensor_dtype_to_np_dtype(kind))
    scale = 255.0 if width < 16 else 2.0**width / 4
    proto = model(nodes, ["n", 3, 4, 4], {"s": number(scale), "c": held, "w": rand(48, 4)}, opset=18)
    return save(proto, folder)


#: What onnxruntime computes: it shifts no 16 bits.
COMPARED = [*((case, 8) for case in CASES), ("upper four", 16), ("set", 16), ("flipped", 16), ("down", 32)]


@pytest.mark.parametrize(("case", "width"), COMPARED)
def test_the_numbers_of_onnxruntime(tmp_path: Path, case: str, width: int) -> None:
    op, operand, attributes = CASES[case]
    path = bits(tmp_path, op, operand, width, **attributes)
    x = torch.rand(3, 3, 4, 4, generator=torch.Generator().manual_seed(1))
    expected = session(path).run(None, {"x": x.numpy()})[0]
    loaded = load_model(path, "onnx", InputSpec())
    torch.testing.assert_close(loaded(x), torch.from_numpy(expected), rtol=1e-4, atol=1e-3)


@pytest.mark.parametrize("case", ["upper four", "down"])
def test_the_gradient_passes_bytes(tmp_path: Path, case: str) -> None:
    op, operand, attributes = CASES[case]
    loaded = load_model(bits(tmp_path, op, operand, 8, **attributes), "onnx", InputSpec())
    x = torch.rand(3, 3, 4, 4, generator=torch.Generator().manual_seed(1)).requires_grad_()
    (gradient,) = torch.autograd.grad(loaded(x)[:, 0].sum(), x)
    assert bool((gradient != 0).all())
    assert any(op in told and "straight-through" in told for told in loaded.warnings)

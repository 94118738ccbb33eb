"""`load_example.py`: how to use a hardened checkpoint, written out for this very file's input."""

import torch

from workers.models.audited import AuditedModel
from workers.models.export import onnx_half
from workers.models.precision import half_of, taken_dtype


def example_of(model: AuditedModel) -> str:
    """A program that prints classes of images: of the ONNX file with onnxruntime alone, of others with torch."""
    spec = model.input
    assert spec.shape is not None  # inspection has filled it in
    c, h, w = spec.shape
    lines = [_OPEN.format(c=c, h=h, w=w, rgb=", channels RGB" if c == 3 else "", mode="RGB" if c == 3 else "L")]
    (low, high), mean, std = spec.range, spec.mean or (0.0,), spec.std or (1.0,)
    if spec.channels == "BGR":
        lines.append("x = x[:, ::-1]  # the model takes BGR")
    if (low, high) != (0.0, 1.0):
        lines.append(f"x = {low!r} + {high - low!r} * x")
    if mean != (0.0,) or std != (1.0,):
        lines.append(f"x = (x - np.reshape({list(mean)}, (-1, 1, 1))) / np.reshape({list(std)}, (-1, 1, 1))")
    if not model.file_input.dtype.is_floating_point:
        lines.append("x = x.round()")
    if spec.layout == "NHWC":
        lines.append("x = x.transpose(0, 2, 3, 1)")
    if tuple(model.file_input.shape) != _laid_out(model):
        lines.append(f"x = x.reshape(len(x), {', '.join(map(str, model.file_input.shape))})")
    half, onnx = half_of(model), taken_dtype(model, onnx_half(model))
    lines.append(f"x = np.ascontiguousarray(x, np.{_name(onnx)})")
    other = taken_dtype(model, half)
    return _PROGRAM.format(prepare="\n".join(lines), to="" if other == onnx else f".to(torch.{_name(other)})")


#: One picture, or an array of many, → x: (n, c, h, w), pixels in [0, 1].
_OPEN = """# IMAGES.npy: (n, {c}, {h}, {w}) or (n, {h}, {w}, {c}){rgb}; pixels in [0, 1], or whole numbers from 0 to 255
if sys.argv[2].endswith(".npy"):
    x = np.load(sys.argv[2])
else:
    from PIL import Image

    x = np.asarray(Image.open(sys.argv[2]).convert("{mode}").resize(({w}, {h})))
if x.shape[-3:] == ({h}, {w}, {c}):
    x = np.moveaxis(x, -1, -3)
x = x.reshape(-1, {c}, *x.shape[-2:]) / (255 if x.dtype.kind in "iu" else 1)"""


def _name(dtype: torch.dtype) -> str:
    return str(dtype).removeprefix("torch.")


def _laid_out(model: AuditedModel) -> tuple[int, ...]:
    assert model.input.shape is not None  # inspection has filled it in
    c, h, w = model.input.shape
    return (h, w, c) if model.input.layout == "NHWC" else (c, h, w)


_PROGRAM = '''"""Prints classes of images: python load_example.py hardened.onnx|.pt|.pt2 IMAGE.png|IMAGES.npy"""

import sys

import numpy as np

if len(sys.argv) != 3:
    sys.exit("usage: python load_example.py hardened.onnx|.pt|.pt2 IMAGE.png|IMAGES.npy")
{prepare}
if sys.argv[1].endswith(".onnx"):
    import onnxruntime

    session = onnxruntime.InferenceSession(sys.argv[1])
    logits = session.run(None, {{session.get_inputs()[0].name: x}})[0]
else:
    import torch

    program = sys.argv[1].endswith(".pt2")
    model = torch.export.load(sys.argv[1]).module() if program else torch.jit.load(sys.argv[1]).eval()
    logits = model(torch.from_numpy(x){to}).detach().float().numpy()
print(*logits.argmax(1))
'''

"""Quantised TorchScript files, emulated in floating point.

A quantised tensor is held as the numbers that it stands for; every operator that ends in a quantisation rounds to its
grid of scale and zero point, and dynamic quantisation rounds a layer's input over the range of each image. Predictions
follow the file's; gradients, which do not exist in the file, are straight-through estimates (see `staircases`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from openapi.problems import UnsupportedOperator
from workers.models.straight_through import straight_through

_RANGES = {torch.quint8: (0, 255), torch.qint8: (-128, 127), torch.qint32: (-(2**31), 2**31 - 1)}
#: Operators that average quantised numbers: their results are rounded to the grid again.
_AVERAGES = {
    "mean",
    "avg_pool2d",
    "adaptive_avg_pool2d",
    "upsample_bilinear2d",
    "hardswish",
    "sigmoid",
    "elu",
    "leaky_relu",
}


@dataclass(frozen=True)
class Packed:
    """A packed convolution or linear weight: where its dequantised tensors are, and its geometry."""

    weight: str
    bias: str | None
    geometry: tuple[Any, ...] = ()


def unpack(packed: Any, path: str, own: Callable[[str, Tensor], None]) -> Packed | None:
    """Read a packed weight, handing its tensors to `own`; None for a script object of another kind."""
    name = str(packed._type().qualified_name())
    quantized = torch.ops.quantized
    if "Conv2dPackedParams" in name:
        weight, bias = quantized.conv2d_unpack(packed)
        geometry = tuple(
            getattr(quantized, f"conv2d_{part}")(packed) for part in ("stride", "padding", "dilation", "groups")
        )
    elif "LinearPackedParams" in name:
        weight, bias = quantized.linear_unpack(packed)
        geometry = ()
    else:
        return None
    own(f"{path}.weight", weight.dequantize() if weight.is_quantized else weight.float())
    if bias is not None:
        own(f"{path}.bias", bias.detach().float())
    return Packed(f"{path}.weight", None if bias is None else f"{path}.bias", geometry)


def on_grid(x: Tensor, scale: float, zero_point: int, limits: tuple[int, int] = (0, 255)) -> Tensor:
    """Round to the grid ``scale · (q − zero_point)``, lo ≤ q ≤ hi, and remember it."""
    soft = torch.clamp(x / scale + zero_point, *limits)
    hard = torch.clamp(torch.round(x / scale) + zero_point, *limits)
    result = (straight_through(hard, soft) - zero_point) * scale
    result._grid = (scale, zero_point, limits)  # type: ignore[attr-defined]
    return result


def quantize(x: Tensor, scale: float, zero_point: int, dtype: torch.dtype) -> Tensor:
    """``aten::quantize_per_tensor``."""
    return on_grid(x, scale, zero_point, _RANGES.get(dtype, (0, 255)))


def _on_own_range(x: Tensor, reduced: bool) -> Tensor:
    """Round to 256 steps (128 if `reduced`) over each image's range, as dynamic quantisation does for one image."""
    if x.dim() == 0:
        return x
    axes = list(range(1, x.dim())) or [0]
    seen = x.detach()
    low, high = seen.amin(axes, keepdim=True).clamp(max=0), seen.amax(axes, keepdim=True).clamp(min=0)
    steps = 127 if reduced else 255
    scale = (high - low) / steps
    scale = torch.where(scale == 0, torch.full_like(scale, 0.1), scale)
    zero = torch.clamp(torch.round(-low / scale), 0, steps)
    soft = torch.clamp(x / scale + zero, 0, steps)
    hard = torch.clamp(torch.round(x / scale) + zero, 0, steps)
    return (straight_through(hard, soft) - zero) * scale


def follow(name: str, x: Any, result: Any) -> Any:
    """Give the result of an ordinary operator on a quantised tensor the tensor's grid."""
    grid = getattr(x, "_grid", None)
    if grid is None or not isinstance(result, Tensor) or name == "dequantize":
        return result
    if name in _AVERAGES:
        return on_grid(result, *grid)
    if result is not x:
        result._grid = grid  # type: ignore[attr-defined]
    return result


def _fetch(program: Any, path: str | None) -> Any:
    return None if path is None else program.module.tensor(path)


def _conv(program: Any, x: Tensor, packed: Packed) -> Tensor:
    stride, padding, dilation, groups = packed.geometry
    return F.conv2d(x, _fetch(program, packed.weight), _fetch(program, packed.bias), stride, padding, dilation, groups)


def _linear(program: Any, x: Tensor, packed: Packed) -> Tensor:
    return F.linear(x, _fetch(program, packed.weight), _fetch(program, packed.bias))


def resolve(namespace: str, name: str, where: str) -> Callable[..., Any]:
    """Return the function of a quantised operator; one that raises `UnsupportedOperator` when there is none."""
    base = name.removesuffix("_fp16").removesuffix("_dynamic").removesuffix("_relu")
    relu = "_relu" in name
    dynamic = "_dynamic" in name

    def end(x: Tensor, given: tuple[Any, ...]) -> Tensor:
        x = torch.relu(x) if relu else x
        return x if dynamic else on_grid(x, float(given[-2]), int(given[-1]))

    def linear(program: Any, x: Tensor, packed: Packed, *given: Any) -> Tensor:
        if dynamic and not name.endswith("_fp16"):
            x = _on_own_range(x, bool(given and given[0]))
        return end(_linear(program, x, packed), given)

    functions: dict[str, Callable[..., Any]] = {
        "conv2d": lambda program, x, packed, *given: end(_conv(program, x, packed), given),
        "linear": linear,
        "add": lambda program, a, b, *given: end(a + b, given),
        "mul": lambda program, a, b, *given: end(a * b, given),
        "cat": lambda program, tensors, dim, *given: end(torch.cat(tensors, dim), given),
        "hardswish": lambda program, x, *given: end(F.hardswish(x), given),
        "sigmoid": lambda program, x, *given: end(torch.sigmoid(x), given),
        "leaky_relu": lambda program, x, slope, inplace, *given: on_grid(F.leaky_relu(x, slope), *given),
    }
    key = "leaky_relu" if name == "leaky_relu" else base
    if namespace == "quantized" and key in functions:
        return functions[key]
    operator = f"{namespace}::{name}"

    def unknown(program: Any, *given: Any) -> Any:  # only where it is run: files hold branches for other settings
        raise UnsupportedOperator(
            f"the operator {operator} at {where} is not supported", operator=operator, entry=where
        )

    return unknown

"""Resize and Upsample: every mode is one matrix an axis (nearest: a row of indices), so all are exact and smooth."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from workers.models.onnx.call import Call, ints
from workers.models.onnx.registry import Host, operator

Array = np.ndarray[Any, Any]


@operator("Upsample", since=7, settings=(1,))
def upsample(call: Call, x: Tensor, scales: Host | None = None) -> Tensor:
    """The forerunner of Resize: asymmetric coordinates, floor for nearest."""
    factors = [float(s) for s in (scales.reshape(-1) if scales is not None else call.attr("scales"))]
    for axis, scale in enumerate(factors):
        if scale != 1.0:
            n = _length(call, x, axis)
            x = _resize_axis(
                call, x, axis, math.floor(n * scale), scale, _Rules(call.attr("mode", "nearest"), "asymmetric", "floor")
            )
    return x


@operator("Resize", since=10, settings=(1, 2, 3))
def resize(call: Call, x: Tensor, *rest: Host | None) -> Tensor:
    """Sizes or scales for all axes or the named ones; see the ONNX specification for the coordinate rules."""
    if call.version < 11:
        roi, scales, sizes = None, rest[0], None
        rules = _Rules(call.attr("mode", "nearest"), "asymmetric", "floor")
    else:
        roi, scales, sizes = (*rest, None, None, None)[:3]
        rules = _Rules(
            call.attr("mode", "nearest"),
            call.attr("coordinate_transformation_mode", "half_pixel"),
            call.attr("nearest_mode", "round_prefer_floor"),
            call.attr("cubic_coeff_a", -0.75),
            bool(call.attr("exclude_outside", 0)),
            bool(call.attr("antialias", 0)),
            call.attr("extrapolation_value", 0.0),
        )
    axes = [a % x.ndim for a in call.attr("axes", list(range(x.ndim)))]
    wanted, factors = _lengths(call, x, axes, sizes, scales)
    crop = None
    if rules.coordinates == "tf_crop_and_resize":
        if roi is None:
            raise call.refuse("tf_crop_and_resize needs a roi")
        flat = [float(v) for v in roi.reshape(-1)]
        crop = list(zip(flat[: len(axes)], flat[len(axes) :], strict=True))
    fast = _interpolate(x, axes, wanted, factors, rules) if crop is None else None
    if fast is not None:
        return fast
    for i, (axis, length, scale) in enumerate(zip(axes, wanted, factors, strict=True)):
        if isinstance(x.shape[axis], torch.SymInt) or (length == x.shape[axis] and scale == 1.0 and crop is None):
            continue
        if crop is not None and length == x.shape[axis] and crop[i] == (0.0, 1.0):
            continue
        x = _resize_axis(call, x, axis, length, scale, rules, crop[i] if crop else None)
    return x


def _lengths(
    call: Call, x: Tensor, axes: list[int], sizes: Host | None, scales: Host | None
) -> tuple[list[Any], list[float]]:
    """The new length of each axis, and by how much it grows."""
    if sizes is not None and sizes.size:
        wanted = ints(sizes)
        factors = [
            1.0 if isinstance(w, torch.SymInt) or isinstance(x.shape[a], torch.SymInt) else w / x.shape[a]
            for a, w in zip(axes, wanted, strict=True)
        ]
        policy = call.attr("keep_aspect_ratio_policy", "stretch")
        if policy != "stretch":
            one = min(factors) if policy == "not_larger" else max(factors)
            factors = [one] * len(axes)
            wanted = [round(one * x.shape[a]) for a in axes]
        return wanted, factors
    if scales is None or not scales.size:
        raise call.refuse("it has neither sizes nor scales")
    factors = [float(s) for s in scales.reshape(-1)]
    wanted = [
        x.shape[a] if s == 1.0 else math.floor(_length(call, x, a) * s) for a, s in zip(axes, factors, strict=True)
    ]
    return wanted, factors


class _Rules:
    """How output coordinates map to input ones, and how values there are mixed."""

    def __init__(
        self,
        mode: str,
        coordinates: str,
        nearest: str,
        cubic: float = -0.75,
        exclude: bool = False,
        antialias: bool = False,
        outside: float = 0.0,
    ) -> None:
        self.mode = "linear" if mode in ("linear", "bilinear") else mode
        self.coordinates = coordinates
        self.nearest = nearest
        self.cubic = cubic
        self.exclude = exclude
        self.antialias = antialias
        self.outside = outside


def _length(call: Call, x: Tensor, axis: int) -> int:
    n = x.shape[axis]
    if isinstance(n, torch.SymInt):
        raise call.refuse("it resizes the batch dimension")
    return n


def _interpolate(x: Tensor, axes: list[int], wanted: list[Any], factors: list[float], rules: _Rules) -> Tensor | None:
    """torch's own kernel, where its definition is the same: whole factors for nearest, plain bilinear images."""
    if x.ndim != 4 or rules.antialias:
        return None
    changed = [a for a, w in zip(axes, wanted, strict=True) if not isinstance(w, torch.SymInt) and w != x.shape[a]]
    if not changed or min(changed) < 2:
        return None
    size = [x.shape[2], x.shape[3]]
    scale = [1.0, 1.0]
    for axis, length, factor in zip(axes, wanted, factors, strict=True):
        if axis >= 2:
            size[axis - 2], scale[axis - 2] = length, factor
    if rules.mode == "nearest":
        whole = all(s == int(s) and n == o * int(s) for n, o, s in zip(size, x.shape[2:], scale, strict=True))
        same = rules.coordinates == "asymmetric" and rules.nearest == "floor"
        return F.interpolate(x, size=size, mode="nearest") if whole and same else None
    exact = all(abs(n / o - s) < 1e-6 * s for n, o, s in zip(size, x.shape[2:], scale, strict=True))
    if rules.mode == "linear" and exact and rules.coordinates in ("half_pixel", "align_corners"):
        corners = rules.coordinates == "align_corners"
        return F.interpolate(x, size=size, mode="bilinear", align_corners=corners)
    return None


def _resize_axis(
    call: Call, x: Tensor, axis: int, length: int, scale: float, rules: _Rules, crop: tuple[float, float] | None = None
) -> Tensor:
    n = _length(call, x, axis)
    if not 0 < length <= 2**15 or length * n > 2**24:
        raise call.refuse(f"it resizes {n} to {length}")
    at = _coordinates(call, n, length, scale, rules, crop)
    if rules.mode == "nearest" and crop is None:
        index = _NEAREST[rules.nearest](at).clip(0, n - 1).astype(np.int64)
        return x.index_select(axis, torch.tensor(index, device=x.device))
    matrix = _matrix(call, at, n, scale, rules)
    if crop is not None:
        beyond = (at < 0) | (at > n - 1)
        matrix[beyond] = 0.0
    weights = torch.tensor(matrix.astype(np.float32), device=x.device)
    result = torch.matmul(x.movedim(axis, -1), weights.t())
    if crop is not None and rules.outside and beyond.any():
        result = torch.where(torch.tensor(beyond, device=x.device), rules.outside, result)
    return result.movedim(-1, axis)


def _coordinates(
    call: Call, n: int, length: int, scale: float, rules: _Rules, crop: tuple[float, float] | None
) -> Array:
    """Where each output element lies in the input, in elements.

    In float32, as onnxruntime computes it: a coordinate that should be whole decides which neighbour is nearest.
    """
    one = np.float32
    out = np.arange(length, dtype=one)
    factor = one(scale)
    match rules.coordinates:
        case "half_pixel":
            return (out + one(0.5)) / factor - one(0.5)
        case "half_pixel_symmetric":
            adjusted = one(length) / (factor * one(n))
            return one(n / 2) * (one(1) - adjusted) + (out + one(0.5)) / factor - one(0.5)
        case "pytorch_half_pixel":
            return (out + one(0.5)) / factor - one(0.5) if length > 1 else np.zeros(1)
        case "align_corners":
            return out * one(n - 1) / one(length - 1) if length > 1 else np.zeros(1)
        case "asymmetric":
            return out / factor
        case "tf_half_pixel_for_nn":
            return (out + one(0.5)) / factor
        case "tf_crop_and_resize" if crop is not None:
            start, end = crop
            if length > 1:
                return start * (n - 1) + out * (end - start) * (n - 1) / (length - 1)
            return np.full(1, 0.5 * (start + end) * (n - 1))
        case other:
            raise call.refuse(f"coordinate_transformation_mode {other!r} is not supported")


_NEAREST: dict[str, Callable[[Array], Array]] = {
    "floor": np.floor,
    "ceil": np.ceil,
    "round_prefer_floor": lambda at: np.ceil(at - 0.5),
    "round_prefer_ceil": lambda at: np.floor(at + 0.5),
}


def _matrix(call: Call, at: Array, n: int, scale: float, rules: _Rules) -> Array:
    """Weights (length, n): row i mixes the input into output i. Outside elements repeat the border, or do not count."""
    stretch = min(scale, 1.0) if rules.antialias else 1.0
    if rules.mode == "nearest":
        reach, kernel = 0.5, None
    elif rules.mode == "linear":
        reach, kernel = 1.0, lambda d: np.clip(1 - np.abs(d), 0, None)
    elif rules.mode == "cubic":
        reach, kernel = 2.0, lambda d: _cubic(np.abs(d), rules.cubic)
    else:
        raise call.refuse(f"mode {rules.mode!r} is not supported")
    matrix = np.zeros((len(at), n))
    rows = np.arange(len(at))
    if kernel is None:
        matrix[rows, _NEAREST[rules.nearest](at).clip(0, n - 1).astype(int)] = 1.0
        return matrix
    low = np.floor(at - reach / stretch).astype(int)
    for k in range(2 * math.ceil(reach / stretch) + 2):
        source = low + k
        weight = kernel((source - at) * stretch)
        inside = (source >= 0) & (source < n)
        if rules.exclude:
            weight = np.where(inside, weight, 0.0)
        np.add.at(matrix, (rows, source.clip(0, n - 1)), weight)
    total = matrix.sum(1, keepdims=True)
    return matrix / np.where(total == 0, 1.0, total)


def _cubic(d: Array, a: float) -> Array:
    near = ((a + 2) * d - (a + 3)) * d * d + 1
    far = ((a * d - 5 * a) * d + 8 * a) * d - 4 * a
    return np.where(d <= 1, near, np.where(d < 2, far, 0.0))

"""Rounding with a straight-through gradient: the value as it is, the gradient as if nothing had been rounded.

As the ONNX front end does it (backward-pass differentiable approximation; Athalye et al. 2018): saturation blocks the
gradient, steps do not.
"""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from workers.models.straight_through import straight_through

aten = torch.ops.aten


def _step(function: Callable[..., Tensor]) -> Callable[..., Any]:
    def stepped(x: Tensor, *more: Any, **named: Any) -> Tensor:
        hard = function(x, *more, **named)
        return straight_through(hard, x) if x.is_floating_point() else hard

    return stepped


def _sign(x: Tensor) -> Tensor:
    """The derivative of clip(x, -1, 1): the estimator that binarised networks are trained with."""
    return straight_through(torch.sign(x), x.clamp(-1, 1)) if x.is_floating_point() else torch.sgn(x)


def _heaviside(x: Tensor, at_zero: Any) -> Tensor:
    """As of the sign, of which this is (1 + sign) / 2 but for 0; a constant value at 0 comes as a number."""
    hard = torch.heaviside(x, at_zero if isinstance(at_zero, Tensor) else torch.full_like(x, at_zero))
    return straight_through(hard, x.clamp(-1, 1) / 2) if x.is_floating_point() else hard


def _round(x: Tensor, decimals: int = 0) -> Tensor:
    rounded: Tensor = torch.round(x, decimals=decimals)
    return rounded


def _by_tensor(x: Tensor, scale: Any, zero: Any, low: int, high: int, *_: Any) -> Tensor:
    """``fake_quantize_per_tensor_affine``."""
    soft = torch.clamp(x / scale + zero, low, high)
    hard = torch.clamp(torch.round(x / scale) + zero, low, high)
    result: Tensor = (straight_through(hard, soft) - zero) * scale
    return result


def _by_channel(x: Tensor, scale: Tensor, zero: Tensor, axis: int, low: int, high: int) -> Tensor:
    """``fake_quantize_per_channel_affine``."""
    shape = [-1 if i == axis % x.dim() else 1 for i in range(x.dim())]
    return _by_tensor(x, scale.reshape(shape), zero.reshape(shape), low, high)


#: Operator name (with ``_``: in place) → its replacement.
STAIRCASES: dict[str, Callable[..., Any]] = {
    "round": _step(_round),
    "floor": _step(torch.floor),
    "ceil": _step(torch.ceil),
    "trunc": _step(torch.trunc),
    "fix": _step(torch.trunc),
    "sign": _sign,
    "sgn": _sign,
    "heaviside": _heaviside,
    "fake_quantize_per_tensor_affine": _by_tensor,
    "fake_quantize_per_channel_affine": _by_channel,
}
for _name in ("round", "floor", "ceil", "trunc", "fix", "sign", "sgn", "heaviside"):
    STAIRCASES[f"{_name}_"] = lambda x, *more, _f=STAIRCASES[_name]: aten.copy_.default(x, _f(x, *more))

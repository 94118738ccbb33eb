"""TorchScript operators that need more than a call: fused kernels without a derivative, casts, and switched-off ones.

Fused attention, which torch records when a model is traced or scripted under `no_grad`, is written out as linear →
scaled dot product → linear, so that gradients exist.
"""

import math
from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from openapi.problems import UnsupportedOperator
from workers.models.torchscript.staircases import STAIRCASES

aten = torch.ops.aten

_HALVES = (torch.float16, torch.bfloat16)


def compute_dtype(dtype: torch.dtype) -> torch.dtype:
    """Half precision is computed in float32."""
    return torch.float32 if dtype in _HALVES else dtype


def convolution(
    x: Tensor, weight: Tensor, bias: Tensor | None, stride: list[int], padding: list[int], dilation: list[int],
    transposed: bool, output_padding: list[int], groups: int, *_: Any,
) -> Tensor:  # fmt: skip
    """Choose the named convolution that ``_convolution`` stands for."""
    rank = weight.dim() - 2
    name = f"conv_transpose{rank}d" if transposed else f"conv{rank}d"
    overload = {"conv_transpose2d": "input", "conv_transpose3d": "input"}.get(name, "default")
    function = getattr(getattr(aten, name), overload)
    result: Tensor = (
        function(x, weight, bias, stride, padding, output_padding, groups, dilation)
        if transposed
        else function(x, weight, bias, stride, padding, dilation, groups)
    )
    return result


def convolution_mode(
    x: Tensor, weight: Tensor, bias: Tensor | None, stride: list[int], padding: str, dilation: list[int], groups: int
) -> Tensor:
    """``_convolution_mode``: padding by name, ``same`` or ``valid``."""
    function = getattr(aten, f"conv{weight.dim() - 2}d").padding
    result: Tensor = function(x, weight, bias, stride, padding, dilation, groups)
    return result


def softmax(x: Tensor, dim: int, half_to_float: bool) -> Tensor:
    """``_softmax`` by its public name."""
    del half_to_float
    return torch.softmax(x, dim)


def log_softmax(x: Tensor, dim: int, half_to_float: bool) -> Tensor:
    """``_log_softmax`` by its public name."""
    del half_to_float
    return torch.log_softmax(x, dim)


def attention(
    query: Tensor, key: Tensor, value: Tensor, embed_dim: int, num_head: int, qkv_weight: Tensor, qkv_bias: Tensor,
    proj_weight: Tensor, proj_bias: Tensor, mask: Tensor | None = None, need_weights: bool = True,
    average_attn_weights: bool = True, mask_type: int | None = None,
) -> tuple[Tensor, Tensor | None]:  # fmt: skip
    """``_native_multi_head_attention`` in differentiable steps; q, k, v: (n, tokens, embed_dim)."""
    del average_attn_weights, mask_type
    if mask is not None:
        raise UnsupportedOperator(
            "aten::_native_multi_head_attention with a mask is not supported",
            operator="aten::_native_multi_head_attention",
        )
    if query is key and key is value:
        q, k, v = F.linear(query, qkv_weight, qkv_bias).chunk(3, -1)
    else:
        weights, biases = qkv_weight.chunk(3), qkv_bias.chunk(3)
        q, k, v = (F.linear(t, w, b) for t, w, b in zip((query, key, value), weights, biases, strict=True))
    q, k, v = (t.unflatten(-1, (num_head, embed_dim // num_head)).transpose(1, 2) for t in (q, k, v))
    mixed = F.scaled_dot_product_attention(q, k, v).transpose(1, 2).flatten(2)
    weights_out = torch.softmax(q @ k.transpose(-1, -2) / (embed_dim // num_head) ** 0.5, -1) if need_weights else None
    return F.linear(mixed, proj_weight, proj_bias), weights_out


def encoder_layer(
    x: Tensor, embed_dim: int, num_heads: int, qkv_weight: Tensor, qkv_bias: Tensor, proj_weight: Tensor,
    proj_bias: Tensor, use_gelu: bool, norm_first: bool, eps: float, norm_weight_1: Tensor, norm_bias_1: Tensor,
    norm_weight_2: Tensor, norm_bias_2: Tensor, ffn_weight_1: Tensor, ffn_bias_1: Tensor, ffn_weight_2: Tensor,
    ffn_bias_2: Tensor, mask: Tensor | None = None, mask_type: int | None = None,
) -> Tensor:  # fmt: skip
    """``_transformer_encoder_layer_fwd`` in differentiable steps; x: (n, tokens, embed_dim)."""
    shape = [embed_dim]

    def attend(t: Tensor) -> Tensor:
        return attention(
            t, t, t, embed_dim, num_heads, qkv_weight, qkv_bias, proj_weight, proj_bias, mask, False, True, mask_type
        )[0]

    def feed(t: Tensor) -> Tensor:
        hidden = F.linear(t, ffn_weight_1, ffn_bias_1)
        return F.linear(F.gelu(hidden) if use_gelu else F.relu(hidden), ffn_weight_2, ffn_bias_2)

    if norm_first:
        x = x + attend(F.layer_norm(x, shape, norm_weight_1, norm_bias_1, eps))
        return x + feed(F.layer_norm(x, shape, norm_weight_2, norm_bias_2, eps))
    x = F.layer_norm(x + attend(x), shape, norm_weight_1, norm_bias_1, eps)
    return F.layer_norm(x + feed(x), shape, norm_weight_2, norm_bias_2, eps)


def batch_norm_index(
    x: Tensor, weight: Tensor | None, bias: Tensor | None, mean: Tensor | None, var: Tensor | None, training: bool,
    momentum: float, eps: float, cudnn: bool,
) -> tuple[Tensor, None, None, None, int]:  # fmt: skip
    """``_batch_norm_impl_index`` (old traces) as batch_norm; what the backward alone reads is left out."""
    return torch.batch_norm(x, weight, bias, mean, var, training, momentum, eps, cudnn), None, None, None, 0


def index_put(x: Tensor, indices: list[Tensor | None], values: Any, accumulate: bool = False) -> Tensor:
    """``index_put_`` whose values tracing squeezed for a batch of one: they get the shape of the place again."""
    values = values if isinstance(values, Tensor) else torch.tensor(values, dtype=x.dtype)
    place = aten.index.Tensor(x, indices).shape if values.dim() > 1 else ()
    if 1 < values.dim() < len(place) and values.numel() == math.prod(place):
        values = values.reshape(place)
    result: Tensor = aten.index_put_.default(x, indices, values, accumulate)
    return result


def _first(x: Any, *_: Any) -> Any:
    return x


def _contiguous(x: Tensor, *_: Any) -> Tensor:
    return x.contiguous()


#: Operator name → its replacement.
SPECIAL: dict[str, Callable[..., Any]] = {
    **STAIRCASES,
    "_convolution": convolution,
    "_convolution_mode": convolution_mode,
    "_softmax": softmax,
    "_log_softmax": log_softmax,
    "_native_multi_head_attention": attention,
    "_transformer_encoder_layer_fwd": encoder_layer,
    "_batch_norm_impl_index": batch_norm_index,
    "index_put_": index_put,
    "contiguous": _contiguous,
    "requires_grad_": _first,
    "cpu": _first,
    "_cast_Float": _first,
    "_cast_Half": _first,
}

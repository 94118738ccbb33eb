"""Attention of onnxruntime's own domain, as its transformer optimiser writes it (optimum's -O1 and -O2)."""

import torch
from torch import Tensor

from workers.models.onnx.call import Call
from workers.models.onnx.registry import operator

_MS = "com.microsoft"


@operator("Attention", domain=_MS, note="without past keys and rotary embedding", weights=(1, 2))
def attention(
    call: Call,
    x: Tensor,
    weights: Tensor,
    bias: Tensor | None = None,
    mask: Tensor | None = None,
    past: Tensor | None = None,
    scores_bias: Tensor | None = None,
) -> Tensor:
    """x (n, tokens, width) times one matrix for queries, keys and values, then attention over heads."""
    if past is not None or call.attr("do_rotary", 0):
        raise call.refuse("past keys and rotary embedding are not supported")
    joined = torch.matmul(x, weights)
    if bias is not None:
        joined = joined + bias
    widths = call.attr("qkv_hidden_sizes") or [weights.shape[1] // 3] * 3
    q, k, v = torch.split(joined, [int(width) for width in widths], -1)
    q, k, v = (_heads(call, t) for t in (q, k, v))
    return _attend(call, q, k, v, mask, scores_bias)


@operator("MultiHeadAttention", domain=_MS, note="without past keys and packed inputs", weights=(3,))
def multi_head_attention(
    call: Call,
    query: Tensor,
    key: Tensor | None = None,
    value: Tensor | None = None,
    bias: Tensor | None = None,
    mask: Tensor | None = None,
    scores_bias: Tensor | None = None,
    *past: Tensor,
) -> Tensor:
    """Attention over heads of projected queries, keys and values."""
    if past:
        raise call.refuse("past keys are not supported")
    if query.ndim != 3 or key is None or value is None:
        raise call.refuse("packed queries, keys and values are not supported")
    q = _heads(call, query)
    k, v = (t if t.ndim == 4 else _heads(call, t) for t in (key, value))
    if bias is not None:
        sizes = [t.shape[1] * t.shape[3] for t in (q, k, v)]
        parts = torch.split(bias, sizes)
        q, k, v = (t + part.reshape(1, t.shape[1], 1, t.shape[3]) for t, part in zip((q, k, v), parts, strict=True))
    return _attend(call, q, k, v, mask, scores_bias)


def _heads(call: Call, x: Tensor) -> Tensor:
    """(n, tokens, heads · d) → (n, heads, tokens, d)."""
    heads = int(call.attr("num_heads"))
    return x.reshape(x.shape[0], x.shape[1], heads, x.shape[2] // heads).transpose(1, 2)


def _attend(call: Call, q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None, scores_bias: Tensor | None) -> Tensor:
    """softmax(Q Kᵀ · scale + bias) V, (n, heads, tokens, d) → (n, tokens, heads · d)."""
    scores = torch.matmul(q, k.transpose(-1, -2)) * (call.attr("scale", 0.0) or q.shape[-1] ** -0.5)
    low = call.attr("mask_filter_value", -10000.0)
    if mask is not None:
        if mask.ndim not in (2, 3) or mask.shape[-1] != k.shape[2]:
            raise call.refuse(f"a mask of shape {list(map(str, mask.shape))} is not supported")
        rows = mask[:, None, None, :] if mask.ndim == 2 else mask[:, None]
        scores = scores + torch.where(rows != 0, 0.0, low)
    if call.attr("unidirectional", 0):
        later = torch.ones(q.shape[2], k.shape[2], dtype=torch.bool, device=q.device).triu(1)
        scores = scores.masked_fill(later, low)
    if scores_bias is not None:
        scores = scores + scores_bias
    return torch.matmul(torch.softmax(scores, -1), v).transpose(1, 2).flatten(2)

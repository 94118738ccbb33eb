# ruff: noqa: D103 - the ONNX specification documents each operator
"""Matrix products."""

import torch
import torch.nn.functional as F
from torch import Tensor

from workers.models.onnx.call import Call
from workers.models.onnx.registry import Host, operator


@operator("MatMul", since=1, weights=(0, 1), beside_images=True)
def matmul(call: Call, a: Tensor, b: Tensor) -> Tensor:
    return torch.matmul(a, b)


@operator("Gemm", since=7, weights=(0, 1, 2))
def gemm(call: Call, a: Tensor, b: Tensor, c: Tensor | None = None) -> Tensor:
    """alpha · A' B' + beta · C, as `linear` where it is one."""
    alpha, beta = call.attr("alpha", 1.0), call.attr("beta", 1.0)
    if call.attr("transA", 0):
        a = a.t()
    plain = alpha == 1.0 and (
        c is None or (beta == 1.0 and c.ndim == 1 and c.shape[0] == b.shape[0 if call.attr("transB", 0) else 1])
    )
    if plain:
        return F.linear(a, b if call.attr("transB", 0) else b.t(), c)
    product = F.linear(a, b if call.attr("transB", 0) else b.t())
    if alpha != 1.0:
        product = product * alpha
    if c is None:
        return product
    return product + (c if beta == 1.0 else c * beta)


@operator("Einsum", since=12, weights=(0, 1, 2))
def einsum(call: Call, *values: Tensor) -> Tensor:
    equation = str(call.attr("equation", "")).replace(" ", "")
    return torch.einsum(equation, *values)


@operator("Det", since=11)
def det(call: Call, x: Tensor) -> Tensor:
    result: Tensor = torch.linalg.det(x)
    return result


@operator("Trilu", since=14)
def trilu(call: Call, x: Tensor, k: Host | None = None) -> Tensor:
    offset = 0 if k is None else int(k.reshape(-1)[0])
    return torch.triu(x, offset) if call.attr("upper", 1) else torch.tril(x, offset)


def _heads(x: Tensor, heads: int) -> Tensor:
    """(n, tokens, heads · d) → (n, heads, tokens, d)."""
    n, tokens, width = x.shape
    return x.reshape(n, tokens, heads, width // heads).transpose(1, 2)


@operator(
    "Attention",
    since=23,
    note="without key/value cache; 3-D and 4-D inputs",
    weights=(1, 2),
    idle=("softmax_precision", "qk_matmul_output_mode"),
)
def attention(call: Call, q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None = None) -> Tensor:
    """softmax(Q Kᵀ · scale + mask) V over heads, grouped queries included."""
    flat = q.ndim == 3
    if flat:
        heads, kv_heads = call.attr("q_num_heads"), call.attr("kv_num_heads")
        q = _heads(q, heads)
        k, v = (_heads(t, kv_heads) for t in (k, v))
    if q.shape[1] != k.shape[1]:
        k, v = (t.repeat_interleave(q.shape[1] // k.shape[1], dim=1) for t in (k, v))
    scale = call.attr("scale") or q.shape[-1] ** -0.5
    scores = torch.matmul(q, k.transpose(-1, -2)) * scale
    softcap = call.attr("softcap", 0.0)
    if softcap:
        scores = softcap * torch.tanh(scores / softcap)
    allowed = torch.ones(q.shape[-2], k.shape[-2], dtype=torch.bool, device=q.device)
    if call.attr("is_causal", 0):
        allowed = allowed.tril()
    if mask is not None and mask.dtype == torch.bool:
        allowed = allowed & mask
    elif mask is not None:
        scores = scores + mask
    if call.attr("is_causal", 0) or (mask is not None and mask.dtype == torch.bool):
        scores = scores.masked_fill(~allowed, float("-inf"))
    if mask is not None:  # a token that may look at nothing gets 0, not NaN
        blind = (scores == float("-inf")).all(-1, keepdim=True)
        weights = torch.softmax(scores.masked_fill(blind, 0.0), -1).masked_fill(blind, 0.0)
    else:
        weights = torch.softmax(scores, -1)
    result = torch.matmul(weights, v)
    return result.transpose(1, 2).flatten(2) if flat else result

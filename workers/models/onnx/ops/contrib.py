# ruff: noqa: D103 - the ONNX specification documents each operator
"""Operators of onnxruntime's own domain that its graph optimiser leaves in saved files."""

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from workers.models.onnx.call import Call
from workers.models.onnx.ops.convolution import conv
from workers.models.onnx.ops.linear import gemm
from workers.models.onnx.registry import operator

_MS = "com.microsoft"


def _activate(call: Call, x: Tensor) -> Tensor:
    parameters = call.attr("activation_params", [])
    match call.attr("activation", ""):
        case "":
            return x
        case "Relu":
            return F.relu(x)
        case "Sigmoid":
            return torch.sigmoid(x)
        case "Tanh":
            return torch.tanh(x)
        case "LeakyRelu":
            return F.leaky_relu(x, call.attr("leaky_relu_alpha", parameters[0] if parameters else 0.01))
        case "Clip":
            return torch.clamp(x, parameters[0], parameters[1])
        case "HardSigmoid":
            return torch.clamp(parameters[0] * x + parameters[1], 0.0, 1.0)
    raise call.refuse(f"activation {call.attr('activation')!r} is not supported")


@operator("FusedConv", domain=_MS, weights=(1, 2), idle=("kernel_shape", "pads"))
def fused_conv(call: Call, x: Tensor, w: Tensor, b: Tensor | None = None, z: Tensor | None = None) -> Tensor:
    result = conv(call, x, w, b)
    return _activate(call, result if z is None else result + z)


@operator("FusedGemm", domain=_MS, weights=(0, 1, 2))
def fused_gemm(call: Call, a: Tensor, b: Tensor, c: Tensor | None = None) -> Tensor:
    return _activate(call, gemm(call, a, b, c))


@operator("FusedMatMul", domain=_MS, weights=(0, 1))
def fused_matmul(call: Call, a: Tensor, b: Tensor) -> Tensor:
    if call.attr("transBatchA", 0) or call.attr("transBatchB", 0):
        raise call.refuse("transBatchA and transBatchB are not supported")
    a = a.transpose(-1, -2) if call.attr("transA", 0) else a
    b = b.transpose(-1, -2) if call.attr("transB", 0) else b
    alpha = call.attr("alpha", 1.0)
    product = torch.matmul(a, b)
    return product if alpha == 1.0 else product * alpha


@operator("Gelu", domain=_MS)
def gelu(call: Call, x: Tensor) -> Tensor:
    return F.gelu(x)


@operator("FastGelu", domain=_MS, weights=(1,))
def fast_gelu(call: Call, x: Tensor, bias: Tensor | None = None) -> Tensor:
    return F.gelu(x if bias is None else x + bias, approximate="tanh")


@operator("BiasGelu", domain=_MS, weights=(1,))
def bias_gelu(call: Call, x: Tensor, bias: Tensor) -> Tensor:
    return F.gelu(x + bias)


@operator("QuickGelu", domain=_MS)
def quick_gelu(call: Call, x: Tensor) -> Tensor:
    return x * torch.sigmoid(call.attr("alpha", 1.702) * x)


@operator("SkipLayerNormalization", domain=_MS, note="without the statistics (outputs 2 and 3)", weights=(2, 3, 4))
def skip_layer_normalization(
    call: Call, x: Tensor, skip: Tensor, gamma: Tensor, beta: Tensor | None = None, bias: Tensor | None = None
) -> Any:
    """The normalised sum, and as fourth output the sum."""
    total = x + skip if bias is None else x + skip + bias
    result = F.layer_norm(total, gamma.shape, gamma, beta, call.attr("epsilon", 1e-12))
    if len(call.node.outputs) == 1:
        return result
    if any(call.node.outputs[1:3]):
        raise call.refuse("its outputs 2 and 3 are used, which is not supported")
    return result, None, None, total


@operator(
    "SkipSimplifiedLayerNormalization", domain=_MS, note="without the statistics (outputs 2 and 3)", weights=(2, 3)
)
def skip_simplified_layer_normalization(
    call: Call, x: Tensor, skip: Tensor, gamma: Tensor, bias: Tensor | None = None
) -> Any:
    """The sum over its root mean square, and as fourth output the sum."""
    total = x + skip if bias is None else x + skip + bias
    result = total * torch.rsqrt(total.square().mean(-1, keepdim=True) + call.attr("epsilon", 1e-12)) * gamma
    if len(call.node.outputs) == 1:
        return result
    if any(call.node.outputs[1:3]):
        raise call.refuse("its outputs 2 and 3 are used, which is not supported")
    return result, None, None, total


@operator("SimplifiedLayerNormalization", domain="", weights=(1,))
def simplified_layer_normalization(call: Call, x: Tensor, scale: Tensor) -> Tensor:
    dims = list(range(call.attr("axis", -1) % x.ndim, x.ndim))
    return x * torch.rsqrt(x.square().mean(dims, keepdim=True) + call.attr("epsilon", 1e-5)) * scale

# ruff: noqa: D103 - the ONNX specification documents each operator
"""Normalisations."""

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from workers.models.onnx.call import Call
from workers.models.onnx.registry import operator


@operator(
    "BatchNormalization", since=7, weights=(1, 2), statistics=(3, 4), layer=False, idle=("momentum", "training_mode")
)
def batch_normalization(call: Call, x: Tensor, scale: Tensor, bias: Tensor, mean: Tensor, var: Tensor) -> Tensor:
    """Inference form; a weight, which no image changes, is standardised in training form (NFNet, BiT)."""
    if call.attr("training_mode", 0):
        if not any(isinstance(size, torch.SymInt) for size in x.shape):
            return F.batch_norm(x, None, None, scale, bias, True, 0.1, call.attr("epsilon", 1e-5))
        raise call.refuse("it is in training mode; export the model in evaluation mode: model.eval()")
    epsilon = call.attr("epsilon", 1e-5)
    if not call.attr("spatial", 1) and x.ndim > 2:  # until operator set 9: statistics of each place of the image
        return (x - mean) * torch.rsqrt(var + epsilon) * scale + bias
    if mean.requires_grad or var.requires_grad:  # computed from a weight: the statistics are part of what is learned
        mean, var, scale, bias = (v.reshape(-1, *(1,) * (x.ndim - 2)) for v in (mean, var, scale, bias))
        return (x - mean) * torch.rsqrt(var + epsilon) * scale + bias
    # ONNX says how much of the old statistics stays, torch how much of the new comes in; read by training alone.
    momentum = 1.0 - call.attr("momentum", 0.9)
    return F.batch_norm(x, mean, var, scale, bias, False, momentum if 0 < momentum < 1 else 0.1, epsilon)


@operator("InstanceNormalization", since=6, weights=(1, 2))
def instance_normalization(call: Call, x: Tensor, scale: Tensor, bias: Tensor) -> Tensor:
    return F.instance_norm(x, None, None, scale, bias, True, 0.0, call.attr("epsilon", 1e-5))


@operator("GroupNormalization", since=18, weights=(1, 2), idle=("stash_type",))
def group_normalization(call: Call, x: Tensor, scale: Tensor, bias: Tensor) -> Tensor:
    groups, epsilon = call.attr("num_groups"), call.attr("epsilon", 1e-5)
    if call.version < 21:  # one scale a group, until operator set 21
        repeat = x.shape[1] // groups
        scale, bias = scale.repeat_interleave(repeat), bias.repeat_interleave(repeat)
    return F.group_norm(x, groups, scale, bias, epsilon)


@operator(
    "LayerNormalization", since=1, weights=(1, 2), idle=("stash_type",)
)  # onnxruntime wrote it before operator set 17 had it
def layer_normalization(call: Call, x: Tensor, scale: Tensor, bias: Tensor | None = None) -> Any:
    """The normalised values, and the mean and inverse deviation where they are asked for."""
    result = _layer_norm(call, x, scale, bias)
    if len(call.node.outputs) == 1:
        return result
    dims = list(range(call.attr("axis", -1) % x.ndim, x.ndim))
    variance, mean = torch.var_mean(x, dims, correction=0, keepdim=True)
    return result, mean, torch.rsqrt(variance + call.attr("epsilon", 1e-5))


def _layer_norm(call: Call, x: Tensor, scale: Tensor, bias: Tensor | None) -> Tensor:
    axis = call.attr("axis", -1) % x.ndim
    shape: list[Any] = list(x.shape[axis:])
    epsilon = call.attr("epsilon", 1e-5)
    if list(scale.shape) == shape and (bias is None or list(bias.shape) == shape):
        return F.layer_norm(x, shape, scale, bias, epsilon)
    result = F.layer_norm(x, shape, None, None, epsilon) * scale
    return result if bias is None else result + bias


@operator("RMSNormalization", since=23, weights=(1,), idle=("stash_type",))
def rms_normalization(call: Call, x: Tensor, scale: Tensor) -> Tensor:
    dims = list(range(call.attr("axis", -1) % x.ndim, x.ndim))
    return x * torch.rsqrt(x.square().mean(dims, keepdim=True) + call.attr("epsilon", 1e-5)) * scale


@operator("MeanVarianceNormalization", since=9)
def mean_variance_normalization(call: Call, x: Tensor) -> Tensor:
    axes = call.attr("axes", [0, 2, 3])
    if 0 in axes:
        raise call.refuse(
            "it normalises over the batch (axes holds 0), so that an image's result depends on the others"
        )
    centred = x - x.mean(axes, keepdim=True)
    return centred / (centred.square().mean(axes, keepdim=True).sqrt() + 1e-9)


@operator("LpNormalization", since=1)
def lp_normalization(call: Call, x: Tensor) -> Tensor:
    norm: Tensor = torch.linalg.vector_norm(x, call.attr("p", 2), dim=call.attr("axis", -1), keepdim=True)
    return torch.where(norm == 0, torch.zeros_like(x), x / torch.where(norm == 0, torch.ones_like(norm), norm))


@operator("LRN", since=1)
def lrn(call: Call, x: Tensor) -> Tensor:
    """x / (bias + alpha/size · Σ x²)^beta over `size` channels around each."""
    size = call.attr("size")
    before = (size - 1) // 2
    squares = F.pad(x.square().unsqueeze(1), (0, 0) * (x.ndim - 2) + (before, size - 1 - before))
    if x.ndim == 3:
        mean = F.avg_pool2d(squares, (size, 1), stride=1).squeeze(1)
    else:
        mean = F.avg_pool3d(squares, (size, 1, 1), stride=1).squeeze(1)
    factor: Tensor = (call.attr("bias", 1.0) + call.attr("alpha", 1e-4) * mean).pow(call.attr("beta", 0.75))
    return x / factor

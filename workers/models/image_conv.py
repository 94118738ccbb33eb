"""A convolution of images (few input channels) whose input gradient is cheap on a CPU."""

from typing import Any

import torch
from torch import Tensor

#: Shares that are held at once: few enough to stay in a core's cache.
_CHUNK_BYTES = 4 * 2**20


class _ImageConv(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any,
        x: Tensor,
        weight: Tensor,
        bias: Tensor | None,
        columns: Tensor,
        stride: list[int],
        padding: list[int],
        dilation: list[int],
    ) -> Tensor:
        ctx.save_for_backward(columns)
        ctx.geometry = (x.shape, tuple(weight.shape[2:]), stride, padding, dilation)
        return torch.conv2d(x, weight, bias, stride, padding, dilation)

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> Any:
        (columns,) = ctx.saved_tensors
        shape, kernel, stride, padding, dilation = ctx.geometry
        (grad,) = grads
        channels, height, width = shape[1:]
        rows, cols = grad.shape[2:]
        down = _taps(kernel[0], stride[0], padding[0], dilation[0], height, rows)
        across = _taps(kernel[1], stride[1], padding[1], dilation[1], width, cols)
        out = grad.new_zeros(shape)
        at_once = max(1, _CHUNK_BYTES // (4 * columns.shape[0] * rows * cols))
        # col2im: one product gives every pixel's share of every output, k² shifted sums put them in their places
        for part, into in zip(torch.split(grad, at_once), torch.split(out, at_once), strict=True):
            shares = torch.matmul(columns, part.flatten(2)).view(len(part), channels, *kernel, rows, cols)
            for i, (from_row, to_row) in enumerate(down):
                for j, (from_col, to_col) in enumerate(across):
                    into[:, :, to_row, to_col].add_(shares[:, :, i, j, from_row, from_col])
        return out, None, None, None, None, None, None


def _taps(kernel: int, stride: int, padding: int, dilation: int, size: int, outputs: int) -> list[tuple[slice, slice]]:
    """Return for each tap which outputs read a real pixel, and which pixels: pixel = stride · output + offset."""
    taps = []
    for tap in range(kernel):
        offset = tap * dilation - padding
        first = max(0, -(offset // stride))  # the first output with stride · output + offset >= 0
        last = min(outputs, (size - 1 - offset) // stride + 1)
        last = max(first, last)
        begin = stride * first + offset
        taps.append((slice(first, last), slice(begin, begin + stride * (last - first), stride)))
    return taps


def image_conv(
    x: Tensor,
    weight: Tensor,
    bias: Tensor | None,
    columns: Tensor,
    stride: list[int],
    padding: list[int],
    dilation: list[int],
) -> Tensor:
    """Convolve x (n, c, h, w) with weight (o, c, k, l), one group; differentiable with respect to x alone.

    columns: (c·k·l, o), the weight's other face: ``weight.permute(1, 2, 3, 0).flatten(0, 2)``.
    """
    result: Tensor = _ImageConv.apply(x, weight, bias, columns, stride, padding, dilation)  # type: ignore[no-untyped-call]
    return result

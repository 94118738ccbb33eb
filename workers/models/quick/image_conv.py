"""A convolution of images (few input channels) whose input gradient is cheap on a CPU.

oneDNN pads the one or three channels of the gradient to sixteen. Instead (`back_weight` chooses, by the stride):

- stride 1: one matrix product gives every pixel's share of every output, and k² shifted additions put them in their
  places;
- stride s > 1: the s² pixels that lie alike under the kernel's grid are one channel each of an ordinary convolution of
  the output's gradient, at 1/s of the image's size, and then take their places in one copy. Within an attack, where
  nothing is left in the cache, this takes half of the time of the shifted additions.
"""

from dataclasses import dataclass
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
        back: Tensor,
        stride: list[int],
        padding: list[int],
        dilation: list[int],
    ) -> Tensor:
        ctx.save_for_backward(back)
        ctx.geometry = (x.shape, tuple(weight.shape[2:]), stride, padding, dilation)
        if bias is not None and bias.ndim == 4:
            return torch.conv2d(x, weight, None, stride, padding, dilation).add_(bias)
        return torch.conv2d(x, weight, bias, stride, padding, dilation)

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> Any:
        (back,) = ctx.saved_tensors
        shape, kernel, stride, padding, dilation = ctx.geometry
        grad = grads[0].to(back.dtype)  # bfloat16 where an attack's gradients are
        if back.ndim == 4:
            grad = _by_phases(grad, back, shape, kernel, stride, padding)
        else:
            grad = _by_shares(grad, back, shape, kernel, stride, padding, dilation)
        return grad, None, None, None, None, None, None


def image_conv(
    x: Tensor,
    weight: Tensor,
    bias: Tensor | None,
    back: Tensor,
    stride: list[int],
    padding: list[int],
    dilation: list[int],
) -> Tensor:
    """Convolve x (n, c, h, w) with weight (o, c, k, l), one group; differentiable with respect to x alone.

    bias: (o,), or (1, o, h', w') with a number for every output.
    back: the weight's other face, ``back_weight(weight, stride, padding, dilation)``.
    """
    result: Tensor = _ImageConv.apply(x, weight, bias, back, stride, padding, dilation)  # type: ignore[no-untyped-call]
    return result


def back_weight(weight: Tensor, stride: list[int], padding: list[int], dilation: list[int]) -> Tensor:
    """Return what `image_conv` makes the input gradient with: (c·k·l, o) columns, or (c·s², o, d, e) phases."""
    if stride[0] == stride[1] > 1 and dilation == [1, 1]:
        return _phases(weight, stride[0], padding)
    return weight.permute(1, 2, 3, 0).flatten(0, 2).contiguous()


def _by_shares(
    grad: Tensor,
    columns: Tensor,
    shape: torch.Size,
    kernel: tuple[int, int],
    stride: list[int],
    padding: list[int],
    dilation: list[int],
) -> Tensor:
    channels, height, width = shape[1:]
    rows, cols = grad.shape[2:]
    down = _taps(kernel[0], stride[0], padding[0], dilation[0], height, rows)
    across = _taps(kernel[1], stride[1], padding[1], dilation[1], width, cols)
    out = grad.new_zeros(shape)
    at_once = max(1, _CHUNK_BYTES // (4 * columns.shape[0] * rows * cols))
    for part, into in zip(torch.split(grad, at_once), torch.split(out, at_once), strict=True):
        shares = torch.matmul(columns, part.flatten(2)).view(len(part), channels, *kernel, rows, cols)
        for i, (from_row, to_row) in enumerate(down):
            for j, (from_col, to_col) in enumerate(across):
                into[:, :, to_row, to_col].add_(shares[:, :, i, j, from_row, from_col])
    return out


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


@dataclass(frozen=True)
class _Reach:
    """Along one side, pixel ``stride·u + phase`` reads outputs ``u + d`` for d in first..last: tap = phase + padding -
    stride·d."""

    first: int
    last: int

    @classmethod
    def of(cls, kernel: int, stride: int, padding: int) -> "_Reach":
        return cls(first=-((kernel - 1 - padding) // stride), last=(stride - 1 + padding) // stride)

    @property
    def size(self) -> int:
        return self.last - self.first + 1

    def pads(self, pixels: int, outputs: int) -> tuple[int, int]:
        """Return how many outputs to add in front and behind, so that there are as many results as pixels."""
        return -self.first, pixels - 1 + self.last - (outputs - 1)


def _phases(weight: Tensor, stride: int, padding: list[int]) -> Tensor:
    """Return (c·s², o, d, e): the taps that pixels of each phase read; phases are ordered (column, channel, row)."""
    outputs, channels, *kernel = weight.shape
    down, across = (_Reach.of(k, stride, p) for k, p in zip(kernel, padding, strict=True))
    phases = weight.new_zeros(stride, channels, stride, outputs, down.size, across.size)
    for row in range(stride):
        for col in range(stride):
            for i in range(down.size):
                for j in range(across.size):
                    k = row + padding[0] - stride * (down.first + i)
                    l = col + padding[1] - stride * (across.first + j)  # noqa: E741
                    if 0 <= k < kernel[0] and 0 <= l < kernel[1]:
                        phases[col, :, row, :, i, j] = weight[:, :, k, l].T
    return phases.flatten(0, 2)


def _by_phases(
    grad: Tensor, phases: Tensor, shape: torch.Size, kernel: tuple[int, int], stride: list[int], padding: list[int]
) -> Tensor:
    s, (n, channels, *size) = stride[0], shape
    grids = [-(-pixels // s) for pixels in size]
    pads, starts = [], []
    for k, p, grid, outputs in zip(kernel, padding, grids, grad.shape[2:], strict=True):
        before, behind = _Reach.of(k, s, p).pads(grid, outputs)
        pads.append(max(before, behind, 0))  # the convolution pads both ends alike: what is too much is cut off
        starts.append(pads[-1] - before)
    parts = torch.conv2d(grad, phases, None, 1, pads)
    parts = parts[:, :, starts[0] : starts[0] + grids[0], starts[1] : starts[1] + grids[1]]
    parts = torch.unflatten(parts, 1, (s, channels, s))
    out = grad.new_empty(n, channels, grids[0], s, grids[1], s)
    if s == 2:  # two neighbours of a row are written as one complex number: a quarter of the time
        into = torch.view_as_complex(out).permute(0, 1, 3, 2, 4)
        torch.complex(parts[:, 0], parts[:, 1], out=into)
    else:
        out.permute(0, 5, 1, 3, 2, 4).copy_(parts)
    return out.view(n, channels, s * grids[0], s * grids[1])[:, :, : size[0], : size[1]].contiguous()

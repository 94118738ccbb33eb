"""Max pooling by comparing whole slices, for passes that ask for no gradient.

torch's own looks at one number after the other on a CPU, and notes each maximum's place: ten times as long, and a
tenth of a forward pass of VGG-16. (With a gradient nothing is gained: finding the places costs what the slices save.)
"""

import torch
from torch import Tensor
from torch.nn.functional import pad

#: Pixels worked on at once: few enough for what lies between to stay in a core's cache.
_AT_ONCE = 2**18


def max_pool(x: Tensor, kernel: list[int], stride: list[int], padding: list[int]) -> Tensor:
    """Return the maxima (n, c, h', w') of the windows of x (n, c, h, w): `torch.max_pool2d`.

    kernel, stride, padding: height and width; the padding is at most half of the kernel.
    """
    if x.ndim != 4 or (x.requires_grad and torch.is_grad_enabled()):
        return torch.max_pool2d(x, kernel, stride, padding)
    size = [(n + 2 * p - k) // s + 1 for n, k, s, p in zip(x.shape[2:], kernel, stride, padding, strict=True)]
    if any(padding):
        x = pad(x, (padding[1], padding[1], padding[0], padding[0]), value=-torch.inf)
    out = x.new_empty(*x.shape[:2], *size)
    at_once = max(1, _AT_ONCE // max(1, x.shape[2] * x.shape[3]))
    maps, results = (torch.split(t.flatten(0, 1), at_once) for t in (x, out))
    for pixels, into in zip(maps, results, strict=True):
        rows = _most(pixels, 1, kernel[0], stride[0], size[0])
        into.copy_(_most(rows, 2, kernel[1], stride[1], size[1]))
    return out


def _most(x: Tensor, side: int, kernel: int, stride: int, size: int) -> Tensor:
    """Return the maxima of the `size` windows along one side (1 or 2) of x (m, h, w)."""
    reach = stride * (size - 1) + 1
    parts = [slice(tap, tap + reach, stride) for tap in range(kernel)]
    slices = [x[:, part] if side == 1 else x[:, :, part] for part in parts]
    most = slices[0]
    for here in slices[1:]:
        most = torch.maximum(most, here)
    return most

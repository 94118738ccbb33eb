"""Input gradients of a translation beside the original's, at images where the original has one.

ReLU and max-pooling have kinks, at which rounding decides between two gradients, both of them right.
"""

import copy
import dataclasses
import functools
import math

import torch
from torch import Tensor, nn

from tests.workers.models.nets import gradient, relative
from workers.models.audited import AuditedModel

#: The largest relative difference that rounding explains.
GRADIENT = 1e-3
#: Images among which one is looked for that lies on no kink.
MOST_IMAGES = 48


def images(count: int, shape: tuple[int, ...]) -> Tensor:
    """Random images in [0, 1], always the same."""
    return torch.rand(count, *shape, generator=torch.Generator().manual_seed(count))


def gradient_beside(model: nn.Module, image: Tensor) -> Tensor:
    """One image's input gradient, computed in a batch of two: (1, c, h, w) → (1, c, h, w).

    Alone, an image whose tokens are turned into a map before a batch norm gets a wrong gradient from torch itself.
    """
    return gradient(model, torch.cat([image, image.flip(-1)]))[:1]


@functools.lru_cache(maxsize=1)
def _telling(net: nn.Module, shape: tuple[int, ...]) -> list[tuple[Tensor, Tensor]]:
    """Images at which a translation can be judged, each with the original's input gradient.

    Images at which the original's own gradient jumps when pixels move by 1e-6 lie on a kink of ReLU or max-pooling:
    rounding decides there, and they tell nothing of the translation. Where all do, one is looked for in float64.
    """
    told: list[tuple[Tensor, Tensor]] = []
    drawn = images(3, shape)
    noise = torch.randn(drawn.shape, generator=torch.Generator().manual_seed(0)).sign()
    for i in range(len(drawn)):
        image = drawn[i : i + 1]
        original = gradient_beside(net, image)
        jumps = worst(*(relative(gradient_beside(net, image + s * 1e-6 * noise[i : i + 1]), original) for s in (-1, 1)))
        if jumps < GRADIENT / 2:
            told.append((image, original))
    return told or _telling_in_double(net, shape)


def _telling_in_double(net: nn.Module, shape: tuple[int, ...]) -> list[tuple[Tensor, Tensor]]:
    """The first image that tells in float64, for networks with millions of ReLUs: in float32 it is on some kink always.

    In float64 a translation differs by the last bits of its float32 weights at most (an exporter folds norms into
    kernels), so images are left out at which the original's own gradient jumps when its weights move by so much.
    """
    double = copy.deepcopy(net).double()
    steps = [(seed, sign * torch.finfo(torch.float32).eps) for seed in (0, 1) for sign in (-1, 1)]
    drawn = images(MOST_IMAGES, shape).double()
    for i in range(MOST_IMAGES):
        image = drawn[i : i + 1]
        original = gradient_beside(_moved(double, net, 0, 0.0), image)
        if all(relative(gradient_beside(_moved(double, net, *step), image), original) < GRADIENT / 2 for step in steps):
            return [(image, original)]
    return []


def slope(net: nn.Module, model: AuditedModel, shape: tuple[int, ...]) -> tuple[float, torch.dtype]:
    """(largest relative difference of input gradients, image by image, nan when no image tells; computed in what)."""
    told = _telling(net, shape)
    if not told:
        return math.nan, torch.float32
    dtype = told[0][0].dtype
    if dtype == torch.float64:
        model = copy.deepcopy(model).double()
        model.transform.file = dataclasses.replace(model.transform.file, dtype=dtype)
    return worst(*(relative(gradient_beside(model, image), original) for image, original in told)), dtype


@torch.no_grad()
def _moved(double: nn.Module, net: nn.Module, seed: int, step: float) -> nn.Module:
    """Give `double` the weights of `net`, each up or down by the share `step`; returns it."""
    generator = torch.Generator().manual_seed(seed)
    for mine, weight in zip(double.parameters(), net.parameters(), strict=True):
        signs = torch.randint(0, 2, weight.shape, generator=generator, dtype=torch.int8) * 2 - 1
        mine.copy_(weight.double() * (1 + step * signs))
    return double


def worst(*differences: float) -> float:
    """The largest; infinite when one is no number."""
    return math.inf if any(math.isnan(d) for d in differences) else max(differences)

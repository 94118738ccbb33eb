"""All attacks against the exact optima of a small ReLU network: none beyond them, the strong ones at them."""

import functools

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from openapi.attacks import (
    Apgd,
    ApgdT,
    AutoAttack,
    Cw,
    Ddn,
    Deepfool,
    Ead,
    FabT,
    Fgsm,
    Fmn,
    Ifgsm,
    Nattack,
    OnePixel,
    Pgd,
    Spsa,
    Square,
    StrAttack,
)
from openapi.attacks.base import Attack
from tests.workers.attacks.nets import attack, linear_layer
from tests.workers.attacks.relu_optimum import SHAPE, largest_lead, relu_net, smallest_distance

pytestmark = pytest.mark.slow

N = 16
EPS = 0.05


@functools.cache
def setting() -> tuple[nn.Sequential, Tensor, Tensor]:
    net = relu_net()
    x = torch.rand(N, *SHAPE, generator=torch.Generator().manual_seed(2))
    with torch.no_grad():
        return net, x, net(x).argmax(1)


@functools.cache
def exact_lead(eps: float) -> NDArray[np.float64]:
    return largest_lead(*setting(), eps)


@functools.cache
def exact_distance(norm: str) -> NDArray[np.float64]:
    return smallest_distance(*setting(), norm)


def test_the_optimum_itself() -> None:
    """No random point beats it, and the ball of the smallest radius just reaches the boundary."""
    net, x, y = setting()
    g = torch.Generator().manual_seed(3)
    points = (x[:, None] + EPS * (2 * torch.rand(N, 4000, *SHAPE, generator=g) - 1)).clamp(0, 1)
    with torch.no_grad():
        z = net(points.flatten(0, 1)).view(N, 4000, -1)
    own = z.gather(2, y[:, None, None].expand(N, 4000, 1)).squeeze(2)
    lead = (z.scatter(2, y[:, None, None].expand(N, 4000, 1), -torch.inf).amax(2) - own).amax(1).numpy()
    assert (lead <= exact_lead(EPS) + 1e-5).all()
    near = exact_distance("linf")
    assert ((near <= EPS) == (exact_lead(EPS) >= 0)).all()
    assert 4 <= (near <= EPS).sum() <= N - 4
    assert (exact_distance("l1") >= exact_distance("l2") - 1e-9).all()
    assert (exact_distance("l2") >= near - 1e-9).all()


WITHIN: list[tuple[Attack, float]] = [
    (Fgsm(eps=EPS), 0.6),
    (Ifgsm(eps=EPS, steps=20), 0.8),
    (Pgd(eps=EPS, steps=40, restarts=3), 0.95),
    (Pgd(eps=EPS, steps=40, restarts=3, loss="margin"), 0.85),
    (Apgd(eps=EPS), 0.9),
    (Apgd(eps=EPS, loss="dlr"), 0.85),
    (ApgdT(eps=EPS), 1.0),
    (FabT(eps=EPS), 1.0),
    (Square(eps=EPS, queries=1000), 0.95),
    (AutoAttack(eps=EPS), 1.0),
    (Spsa(eps=EPS, steps=40, directions=32), 0.8),
    (Nattack(eps=EPS, steps=80, samples=40, learning_rate=0.05), 0.8),
]


@pytest.mark.parametrize(("spec", "share"), WITHIN, ids=lambda v: v.name if isinstance(v, Attack) else "")
def test_fools_those_within_reach_and_nobody_else(spec: Attack, share: float) -> None:
    net, x, y = setting()
    run = attack(net, spec, x, y)
    lead = exact_lead(EPS)
    assert not run.success[lead < -1e-6].any()
    clear = lead > 1e-3
    assert run.success[clear].mean() >= share


#: Attack, norm, least success rate, largest median of distance over optimum. Around a quarter of the images all hidden
#: units are off and the gradient is 0: all need an example from elsewhere there (`start_far_away`).
MINIMAL: list[tuple[Attack, str, float, float]] = [
    (Ddn(), "l2", 1.0, 1.005),
    (Fmn(), "l2", 1.0, 1.005),
    (Fmn(norm="linf"), "linf", 1.0, 1.005),
    (Fmn(norm="l1"), "l1", 1.0, 1.01),
    (Deepfool(), "l2", 1.0, 1.05),
    (Deepfool(norm="linf"), "linf", 1.0, 1.05),
    (Cw(initial_const=1.0), "l2", 1.0, 1.02),
    (Ead(), "l1", 1.0, 1.05),
    (StrAttack(tau=0.1), "l2", 1.0, 1.1),
]


@pytest.mark.parametrize(
    ("spec", "norm", "least", "most"), MINIMAL, ids=lambda v: v.name if isinstance(v, Attack) else ""
)
def test_comes_near_the_smallest_distance(spec: Attack, norm: str, least: float, most: float) -> None:
    net, x, y = setting()
    run = attack(net, spec, x, y)
    assert run.success.mean() >= least
    ratio = (run.distance / exact_distance(norm))[run.success]
    assert ratio.min() > 0.9999
    assert np.median(ratio) < most


def test_one_pixel_against_all_pixels_and_values() -> None:
    """The lead along one pixel is piecewise linear: its largest value lies at 0, at 1 or at a kink of a hidden unit."""
    net, x, y = setting()
    first = linear_layer(net, 1)
    v, a = first.weight.detach(), first.bias.detach()
    vulnerable = torch.zeros(N, dtype=torch.bool)
    for i in range(N):
        flat = x[i].flatten()
        before = v @ flat + a
        for pixel in range(len(flat)):
            kinks = (flat[pixel] - before / v[:, pixel]).clamp(0, 1)
            values = torch.cat([torch.tensor([0.0, 1.0]), kinks])
            tried = flat.repeat(len(values), 1)
            tried[:, pixel] = values
            with torch.no_grad():
                vulnerable[i] |= bool((net(tried.view(-1, *SHAPE)).argmax(1) != y[i]).any())
    run = attack(net, OnePixel(population=40, generations=20), x, y)
    found = torch.from_numpy(run.success)
    assert 2 <= vulnerable.sum() < N
    assert not (found & ~vulnerable).any()
    assert (found & vulnerable).sum() >= 0.9 * vulnerable.sum()

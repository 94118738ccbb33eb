"""Exact optima of a one-hidden-layer ReLU network: every activation pattern is one linear programme.

Where the pattern s in {0, 1}^h holds, that is (2 s - 1) (V x + a) >= 0, the logits are W (s (V x + a)) + b: linear. The
most that class k can lead the true one by inside an L-infinity ball, and the smallest L-infinity or L1 distance at
which it leads at all, are linear programmes; the smallest L2 distance is a least-distance problem, which non-negative
least squares solves exactly (Lawson & Hanson 1974, chapter 23). The optimum is the best over patterns and classes.
"""

from collections.abc import Iterator
from itertools import product

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.optimize import linprog, nnls
from torch import Tensor, nn

from tests.workers.attacks.nets import linear_layer

Array = NDArray[np.float64]
SHAPE = (1, 3, 3)


def relu_net(seed: int = 0, hidden: int = 4, classes: int = 3) -> nn.Sequential:
    """A random net whose decision regions meet in the cube."""
    g = torch.Generator().manual_seed(seed)
    d = SHAPE[0] * SHAPE[1] * SHAPE[2]
    net = nn.Sequential(nn.Flatten(), nn.Linear(d, hidden), nn.ReLU(), nn.Linear(hidden, classes))
    first, last = linear_layer(net, 1), linear_layer(net, 3)
    with torch.no_grad():
        first.weight.copy_(torch.randn(hidden, d, generator=g))
        first.bias.copy_(0.3 * torch.randn(hidden, generator=g) - first.weight.sum(1) / 2)
        last.weight.copy_(torch.randn(classes, hidden, generator=g))
        last.bias.copy_(-last.weight.sum(1) / 2)
    return net.eval()


def _pieces(net: nn.Sequential, x: Array, y: int) -> Iterator[tuple[Array, Array, Array, float]]:
    """Yield for every pattern and wrong class (G, g, w, c): for d with G d <= g and x + d in the cube, z_k - z_y is
    ``w d + c``."""
    v, a, w, b = (p.detach().double().numpy() for p in net.parameters())
    before = v @ x + a
    walls, room = np.vstack([np.eye(len(x)), -np.eye(len(x))]), np.concatenate([1 - x, x])
    for pattern in product((0.0, 1.0), repeat=len(a)):
        s = np.array(pattern)
        side = 2 * s - 1
        g_matrix, g_vector = np.vstack([-side[:, None] * v, walls]), np.concatenate([side * before, room])
        for k in range(len(b)):
            if k != y:
                lead = (w[k] - w[y]) * s
                yield g_matrix, g_vector, lead @ v, float(lead @ before + b[k] - b[y])


def largest_lead(net: nn.Sequential, x: Tensor, y: Tensor, eps: float) -> Array:
    """Return (n,) the largest ``max_k z_k - z_y`` within the L-infinity ball of radius eps and the cube."""
    out = []
    for image, label in zip(x.flatten(1).double().numpy(), y.tolist(), strict=True):
        best = -np.inf
        for g_matrix, g_vector, w, c in _pieces(net, image, label):
            found = linprog(-w, A_ub=g_matrix, b_ub=g_vector, bounds=[(-eps, eps)] * len(image))
            if found.success:
                best = max(best, c - found.fun)
        out.append(best)
    return np.array(out)


def smallest_distance(net: nn.Sequential, x: Tensor, y: Tensor, norm: str) -> Array:
    """Return (n,) the smallest distance (``linf``, ``l2``, ``l1``) in the cube at which another class draws level."""
    solve = {"linf": _linf, "l1": _l1, "l2": _l2}[norm]
    out = []
    for image, label in zip(x.flatten(1).double().numpy(), y.tolist(), strict=True):
        pieces = _pieces(net, image, label)
        out.append(min(solve(np.vstack([g, -w]), np.append(h, c)) for g, h, w, c in pieces))
    return np.array(out)


def _linf(g: Array, h: Array) -> float:
    """Return ``min t`` with ``g d <= h``, ``|d_i| <= t``; inf where nothing fits."""
    m, d = g.shape
    size = np.vstack([np.hstack([np.eye(d), -np.ones((d, 1))]), np.hstack([-np.eye(d), -np.ones((d, 1))])])
    matrix = np.vstack([np.hstack([g, np.zeros((m, 1))]), size])
    cost = np.append(np.zeros(d), 1.0)
    bounds = [(None, None)] * d + [(0, None)]
    found = linprog(cost, A_ub=matrix, b_ub=np.append(h, np.zeros(2 * d)), bounds=bounds)
    return float(found.fun) if found.success else np.inf


def _l1(g: Array, h: Array) -> float:
    """Return ``min sum |d_i|`` with ``g d <= h``, d split into its two signs."""
    found = linprog(np.ones(2 * g.shape[1]), A_ub=np.hstack([g, -g]), b_ub=h)
    return float(found.fun) if found.success else np.inf


def _l2(g: Array, h: Array) -> float:
    """Return ``min ||d||_2`` with ``g d <= h``: non-negative least squares on the dual."""
    target = np.append(np.zeros(g.shape[1]), 1.0)
    u, residual = nnls(np.vstack([-g.T, -h[None]]), target)
    if residual < 1e-9:
        return np.inf  # no d obeys all
    r = np.vstack([-g.T, -h[None]]) @ u - target
    return float(np.linalg.norm(r[:-1] / r[-1]))

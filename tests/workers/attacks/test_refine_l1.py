"""The step of L1's last inches is the optimum of its linear programme."""

import numpy as np
import pytest
import torch
from scipy.optimize import linprog

from workers.attacks.boundary.refine_l1 import nearest_in_l1


@pytest.mark.parametrize("reach", [1.0, 0.2])
def test_nearest_in_l1_is_the_optimum(reach: float) -> None:
    g = torch.Generator().manual_seed(3)
    n, shape = 12, (2, 3, 3)
    x, grad = torch.rand(n, *shape, generator=g), torch.randn(n, *shape, generator=g)
    point = (x + 0.3 * torch.randn(n, *shape, generator=g)).clamp(0, 1)
    lead = 0.5 * torch.randn(n, generator=g)
    got = nearest_in_l1(x, point, lead, grad, reach)
    assert float((got - point).abs().max()) <= reach + 1e-6
    solved = 0
    for i in range(n):
        a, p, w = (t[i].flatten().double().numpy() for t in (x, point, grad))
        d = len(a)
        # variables: p' and its distance |p' - x|
        sides = np.block([[np.eye(d), -np.eye(d)], [-np.eye(d), -np.eye(d)], [-w[None], np.zeros((1, d))]])
        limits = np.concatenate([a, -a, [float(lead[i]) - w @ p]])
        box = [(max(0, v - reach), min(1, v + reach)) for v in p] + [(0, None)] * d
        best = linprog(np.r_[np.zeros(d), np.ones(d)], A_ub=sides, b_ub=limits, bounds=box)
        if best.status != 0:
            continue
        solved += 1
        value = float((got[i] - x[i]).abs().sum())
        assert float(lead[i]) + float((grad[i] * (got[i] - point[i])).sum()) > -1e-5
        assert best.fun - 1e-5 <= value <= 1.03 * best.fun + 0.03
    assert solved >= n // 2


def test_entries_without_a_gradient_go_back() -> None:
    x, point = torch.full((1, 1, 1, 3), 0.5), torch.tensor([0.9, 0.9, 0.5]).view(1, 1, 1, 3)
    grad = torch.tensor([1.0, 0.0, 0.0]).view(1, 1, 1, 3)
    out_of_reach = nearest_in_l1(x, point, torch.tensor([-9.0]), grad, 1.0)
    torch.testing.assert_close(out_of_reach.flatten(), torch.tensor([1.0, 0.5, 0.5]))

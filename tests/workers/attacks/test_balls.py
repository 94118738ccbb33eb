"""Balls, their projections, starts and distances hold in float arithmetic."""

import numpy as np
import pytest
import torch

from workers.attacks.maths.balls import L2Ball, LinfBall, ball, distance, float32_floor, into_ball


def images(n: int = 40, seed: int = 0) -> torch.Tensor:
    x = torch.rand(n, 3, 5, 5, generator=torch.Generator().manual_seed(seed))
    x[0], x[1] = 0, 1
    return x


@pytest.mark.parametrize("eps", [8 / 255, 2 / 255, 0.1, 0.3, 1e-3, 1.0])
def test_linf_projection_holds_in_float_arithmetic(eps: float) -> None:
    x = images()
    wild = x + torch.randn(x.shape, generator=torch.Generator().manual_seed(1))
    for got in (LinfBall(x, eps).project(wild), into_ball(wild, x, eps, "linf")):
        assert float((got - x).abs().max()) <= eps
        assert np.abs(got.double().numpy() - x.double().numpy()).max() <= eps
        assert np.float32(np.abs(got.numpy() - x.numpy()).max()) <= np.float32(eps)
        assert float(got.min()) >= 0
        assert float(got.max()) <= 1
        # and nothing is given away: every pixel that was outside lies on the bound, to rounding
        inner = (x - eps > 0) & (x + eps < 1) & ((wild - x).abs() > eps)
        torch.testing.assert_close((got - x).abs()[inner], torch.full_like(x, eps)[inner], rtol=0, atol=2e-7)


@pytest.mark.parametrize("eps", [0.01, 0.5, 80 / 255, 3.0])
def test_l2_projection_holds_in_float_arithmetic(eps: float) -> None:
    x = images()
    wild = x + torch.randn(x.shape, generator=torch.Generator().manual_seed(1))
    projected = L2Ball(x, eps).project(wild.clone())
    assert float(distance(projected, x, "l2").max()) <= eps * (1 + 1e-6)
    inner = 0.5 + 0.1 * (x - 0.5)  # far from the walls nothing is given away
    full = distance(L2Ball(inner, 0.05).project(inner + 0.1 * (wild - x)), inner, "l2")
    torch.testing.assert_close(full, torch.full_like(full, 0.05), rtol=1e-5, atol=0)
    for got in (into_ball(projected, x, eps, "l2"), into_ball(wild, x, eps, "l2")):
        assert float((got - x).flatten(1).norm(dim=1).max()) <= eps
        assert float(distance(got, x, "l2").max()) <= eps
        assert float(got.min()) >= 0
        assert float(got.max()) <= 1


@pytest.mark.parametrize("norm", ["linf", "l2"])
def test_points_inside_are_left_bit_by_bit(norm: str) -> None:
    x = images()
    inside = ball(x, 0.0499, norm).project(x + 0.01 * torch.randn(x.shape, generator=torch.Generator().manual_seed(1)))
    assert torch.equal(into_ball(inside, x, 0.05, norm), inside)


def test_l2_projection_scales_short_vectors_by_one() -> None:
    """A projection that clamps the vector in place of the factor would stretch or cut them."""
    x = torch.full((1, 1, 2, 2), 0.5)
    short = x + 0.05
    torch.testing.assert_close(L2Ball(x, 1.0).project(short), x + 0.05)


def test_l2_direction_of_tiny_gradients() -> None:
    grad = torch.full((2, 1, 2, 2), 1e-30)
    grad[1] = 0
    unit = L2Ball(torch.zeros(2, 1, 2, 2), 1.0).direction(grad)
    torch.testing.assert_close(unit[0].flatten(), torch.full((4,), 0.5))
    assert not unit[1].any()


def test_starts_fill_the_ball() -> None:
    x = torch.full((400, 1, 3, 3), 0.5)
    g = torch.Generator().manual_seed(0)
    uniform, normal = torch.rand(x.shape, generator=g), torch.randn(x.shape, generator=g)
    r = distance(L2Ball(x, 0.2).start(uniform, normal), x, "l2")
    assert float(r.max()) <= 0.2
    assert abs(float(r.mean()) - 0.2 * 9 / 10) < 0.005  # E r = eps d / (d + 1)
    d = LinfBall(x, 0.2).start(uniform) - x
    assert abs(float(d.mean())) < 0.01
    assert float(d.max()) > 0.19


def test_distances() -> None:
    x = torch.zeros(1, 3, 2, 2)
    adv = x.clone()
    adv[0, 0, 0, 0], adv[0, 1, 0, 0], adv[0, 2, 1, 1] = 0.3, 0.4, 0.0
    got = {norm: float(distance(adv, x, norm)) for norm in ("linf", "l2", "l1", "l0")}
    assert got == pytest.approx({"linf": 0.4, "l2": 0.5, "l1": 0.7, "l0": 1.0})


def test_float32_floor() -> None:
    for value in (8 / 255, 0.1, 0.3, 0.5, 1.0):
        assert float32_floor(value) <= value
        assert np.float32(value) - np.float32(float32_floor(value)) <= np.spacing(np.float32(value))

"""The one-pixel attack against exhaustive search on a linear model, and planted pixels."""

import torch
from torch import Tensor

from openapi.attacks import OnePixel
from tests.workers.attacks.nets import Linear, attack

SIDE = 6


def sensitive(weight: float) -> tuple[Linear, Tensor, Tensor]:
    """Colour images; green of pixel (4, 1) decides, the rest hardly matters."""
    w = torch.full((3, SIDE, SIDE), 0.01)
    w[1, 4, 1] = weight
    x = 0.3 + 0.4 * torch.rand(6, 3, SIDE, SIDE, generator=torch.Generator().manual_seed(1))
    model = Linear(torch.stack([-w.flatten(), torch.zeros(3 * SIDE**2)]), torch.tensor([8.0, 0.0]))
    return model, x, torch.zeros(6, dtype=torch.int64)


def test_finds_the_planted_pixel_and_changes_nothing_else() -> None:
    model, x, y = sensitive(8.5)  # only a green above about 0.8 there is enough
    run = attack(model, OnePixel(population=60, generations=30), x, y)
    assert run.success.all()
    changed = (run.x_adv != x).any(1)
    assert (changed.flatten(1).sum(1) == 1).all()
    assert changed[:, 4, 1].all()
    assert (run.distance == 1).all()
    assert run.x_adv[:, 1, 4, 1].min() > 0.6


def test_no_success_where_no_pixel_suffices() -> None:
    model, x, y = sensitive(5.0)
    run = attack(model, OnePixel(population=20, generations=5), x, y)
    assert not run.success.any()
    assert (run.queries == 120).all()
    assert ((run.x_adv != x).any(1).flatten(1).sum(1) <= 1).all()


def test_several_pixels() -> None:
    model, x, y = sensitive(8.5)
    run = attack(model, OnePixel(pixels=3, population=60, generations=30), x, y)
    assert run.success.all()
    assert ((run.distance >= 1) & (run.distance <= 3)).all()


def test_against_exhaustive_search() -> None:
    g = torch.Generator().manual_seed(4)
    w = torch.randn(2, SIDE * SIDE, generator=g)
    x = torch.rand(40, 1, SIDE, SIDE, generator=g)
    model = Linear(w)
    with torch.no_grad():
        z = model(x)
    y = z.argmax(1)
    slope = (w[1] - w[0]) * torch.where(y == 0, 1.0, -1.0)[:, None]  # towards the other class
    flat = x.flatten(1)
    gain = torch.maximum(slope * (1 - flat), -slope * flat).amax(1)  # best single pixel, at 0 or 1
    vulnerable = gain > (z[:, 0] - z[:, 1]).abs() * 1.001
    run = attack(model, OnePixel(population=50, generations=20), x, y)
    found = torch.from_numpy(run.success)
    assert not (found & ~vulnerable).any()
    assert 0 < vulnerable.sum() < 40
    assert (found & vulnerable).sum() >= 0.9 * vulnerable.sum()


def test_threat_model_counts_pixels() -> None:
    assert str(OnePixel().threat_model) == "l0 pixels=1"
    assert str(OnePixel(pixels=5).threat_model) == "l0 pixels=5"

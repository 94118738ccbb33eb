"""SPSA and NAttack: no gradient, honest query counts, probes where they belong, strength near the optimum."""

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from openapi.attacks import Nattack, OnePixel, Pgd, Spsa, Square
from openapi.attacks.base import Attack
from openapi.attacks.corruptions import GaussianNoise
from tests.workers.attacks.nets import Linear, attack
from tests.workers.attacks.trained import held_out, trained_cnn
from workers.attacks.black_box.spsa import signs
from workers.attacks.engine.suite import run_attack

BOTH = [Spsa(eps=0.1, steps=12, directions=32), Nattack(eps=0.1, steps=12, samples=39)]
ALL: list[Attack] = [*BOTH, OnePixel(population=20, generations=5)]


class Recorded(nn.Module):
    """A model that cannot be differentiated and remembers what it was asked."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model
        self.asked: list[Tensor] = []

    def forward(self, x: Tensor) -> Tensor:
        assert not torch.is_grad_enabled()
        self.asked.append(x.clone())
        logits: Tensor = self.model(x).detach()
        return logits


def far_linear() -> tuple[Linear, Tensor, Tensor, Tensor]:
    """Two classes far apart: nobody is ever fooled."""
    g = torch.Generator().manual_seed(3)
    w = torch.randn(25, generator=g)
    x = 0.4 + 0.2 * torch.rand(4, 1, 5, 5, generator=g)
    model = Linear(torch.stack([w, torch.zeros(25)]), torch.tensor([50.0, 0.0]))
    return model, w, x, torch.zeros(4, dtype=torch.int64)


@pytest.mark.parametrize(
    ("spec", "share"),
    [
        (Spsa(eps=0.05, steps=30, directions=64), 0.95),
        (Spsa(eps=0.2, norm="l2", steps=40, directions=64), 0.85),
        (Nattack(eps=0.05, steps=120, samples=60, learning_rate=0.05), 0.8),
    ],
    ids=lambda v: f"{v.name}-{v.norm}" if isinstance(v, (Spsa, Nattack)) else "",
)
def test_comes_near_the_optimum(spec: Spsa | Nattack, share: float) -> None:
    model, w, x, y = far_linear()
    run = attack(model, spec, x, y)
    assert not run.success.any()
    eps, norm = spec.eps, spec.norm
    optimum = eps * float(w.abs().sum() if norm == "linf" else w.norm())
    gained = ((x - run.x_adv).flatten(1) * w).sum(1)
    assert (gained <= optimum * 1.0001).all()
    assert (gained > share * optimum).all()


@pytest.mark.parametrize("spec", [*ALL, Square(eps=0.1, queries=90), GaussianNoise()], ids=lambda s: s.name)
def test_no_gradient_and_exact_query_counts(spec: Attack) -> None:
    linear, _, x, y = far_linear()
    model = Recorded(linear)
    run = attack(model, spec, x, y)
    queries: dict[str, Callable[[Any], int]] = {
        "square": lambda s: s.queries,
        "gaussian_noise": lambda s: 1,
        "spsa": lambda s: s.steps * (2 * s.directions + 1),
        "nattack": lambda s: s.steps * (s.samples + 1),
        "one_pixel": lambda s: s.population * (s.generations + 1),
    }
    expected = queries[spec.name](spec)
    assert run.queries.tolist() == [expected] * 4
    assert run.backward_passes == 0
    assert run.forward_passes == 4 * expected
    asked = sum(len(a) for a in model.asked)
    assert 0 <= asked - run.forward_passes <= 5 * 4  # clean, confirming and probing passes of the suite


@pytest.mark.parametrize("spec", BOTH, ids=lambda s: s.name)
def test_probes_stay_near_the_image(spec: Spsa | Nattack) -> None:
    """cleverhans evaluates SPSA at 2x + delta: here no query lies further than eps + delta from the one image."""
    linear, _, x, y = far_linear()
    model = Recorded(linear)
    attack(model, spec, x[:1], y[:1])
    asked = torch.cat(model.asked)
    reach = spec.eps + getattr(spec, "delta", 0.0)
    assert (asked - x[:1]).abs().max() <= reach + 1e-6
    assert (asked - x[:1]).abs().max() > 0.9 * spec.eps
    assert asked.min() >= 0
    assert asked.max() <= 1


@pytest.mark.parametrize("spec", BOTH, ids=lambda s: s.name)
def test_saturated_pixels_move(spec: Attack) -> None:
    linear, w, x, y = far_linear()
    x = (x > 0.5).float()
    run = attack(linear, spec, x, y)
    inward = torch.where(x.flatten(1) == 0, w < 0, w > 0)  # where lowering w·x is possible
    moved = (run.x_adv - x).flatten(1).abs() > 0.01
    assert (moved & inward).sum() > 0.6 * inward.sum()


@pytest.mark.slow
@pytest.mark.parametrize("spec", ALL, ids=lambda s: s.name)
def test_a_fooled_row_asks_no_more(spec: Attack) -> None:
    """A boundary just beside some samples: those stop early, and each sample's count is its own."""
    model = trained_cnn()
    x, y = held_out(24)
    run = attack(model, spec, x, y)
    full = run.queries.max()
    if not isinstance(spec, OnePixel):
        assert run.success.any()
    assert (run.queries[run.success] <= full).all()
    assert (run.queries[~run.success & run.correct] == full).all()
    assert (run.queries[~run.correct] == -1).all()


@pytest.mark.parametrize("spec", BOTH, ids=lambda s: s.name)
def test_nearly_as_strong_as_pgd(spec: Attack) -> None:
    model = trained_cnn()
    x, y = held_out(32)
    white = attack(model, Pgd(eps=0.1, steps=30, loss="margin"), x, y)
    black = attack(model, spec.model_copy(update={"steps": 25}), x, y)
    assert white.success.any()
    assert black.success.sum() >= white.success.sum() - 3


@pytest.mark.parametrize("spec", ALL, ids=lambda s: s.name)
def test_a_sample_meets_the_same_numbers_anywhere(spec: Attack) -> None:
    model = trained_cnn()
    x, y = held_out(9)
    index = torch.arange(100, 109)
    whole = run_attack(model, spec, x, y, index, seed=5, batch_size=64)
    parts = [run_attack(model, spec, x[s], y[s], index[s], seed=5, batch_size=7) for s in (slice(0, 2), slice(2, 9))]
    assert (whole.queries == [*parts[0].queries, *parts[1].queries]).all()
    assert (whole.success == [*parts[0].success, *parts[1].success]).all()
    torch.testing.assert_close(torch.cat([p.x_adv for p in parts]), whole.x_adv, rtol=0, atol=1e-5)
    other = run_attack(model, spec, x, y, index, seed=6)
    assert not torch.equal(other.x_adv, whole.x_adv)


@pytest.mark.parametrize("spec", [*ALL, Square(eps=0.1, queries=90)], ids=lambda s: s.name)
def test_queries_are_the_images_that_the_model_saw(spec: Attack) -> None:
    """Each sample alone before a counting model, stopped early or not: its queries, and the suite's four passes."""
    x, y = held_out(6)
    y[0] = (y[0] + 1) % 3  # misclassified: no query at all
    for i in range(6):
        model = Recorded(trained_cnn())
        run = run_attack(model, spec, x[i : i + 1], y[i : i + 1], torch.tensor([i]), seed=1)
        asked = len(torch.cat(model.asked))
        padded = asked - 3  # one that counts the operations, the clean one, a second one that tells a randomised model
        assert padded - 1 == run.queries[0] if run.correct[0] else padded == 0 and run.queries[0] == -1


def test_directions_fit_into_memory() -> None:
    """However many directions: never more than 32 of them, both sides, go through the model at once."""
    linear, _, x, y = far_linear()
    model = Recorded(linear)
    run = attack(model, Spsa(eps=0.1, steps=1, directions=70), x, y, batch_size=1000)
    assert max(len(a) for a in model.asked) <= 15 * 64
    assert (run.queries == 141).all()


def test_signs_are_fair_and_fixed_by_their_key() -> None:
    keys = torch.tensor([1, -7])
    v = signs(keys, 50, torch.zeros(1, 3, 8, 8))
    assert v.shape == (2, 50, 3, 8, 8)
    assert set(v.unique().tolist()) == {-1.0, 1.0}
    assert abs(float(v.mean())) < 0.03
    assert torch.equal(signs(keys[1:], 50, torch.zeros(1, 3, 8, 8))[0], v[1])
    assert not torch.equal(v[0], v[1])

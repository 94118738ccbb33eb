"""Carlini & Wagner: what foolbox and torchattacks get wrong, confidence, and rows that retire."""

import pytest
import torch

from openapi.attacks import Cw
from tests.workers.attacks.nets import attack
from tests.workers.attacks.trained import held_out, trained_cnn

pytestmark = pytest.mark.slow


def test_no_black_images() -> None:
    """A search that loses its best example returns tanh's or the box's edge; ours stays near x or is x itself."""
    model = trained_cnn()
    x, y = held_out(24)
    run = attack(model, Cw(initial_const=1.0, steps=100), x, y)
    assert (run.success == run.correct).all()
    moved = (run.x_adv - x).flatten(1).norm(dim=1)
    assert (run.x_adv.flatten(1).amax(1) > 0.1).all()
    torch.testing.assert_close(torch.from_numpy(run.distance)[run.success].float(), moved[run.success])
    assert (moved[~run.success] == 0).all()
    assert moved.max() < 0.5 * x.flatten(1).norm(dim=1).min()


@pytest.mark.parametrize("columns", [1, 9])
def test_the_constant_grows_until_it_is_enough(columns: int) -> None:
    model = trained_cnn()
    x, y = held_out(24)
    run = attack(model, Cw(initial_const=1e-6, binary_search_steps=columns, steps=50), x, y)
    assert (run.success == run.correct).all()


def test_confidence_is_kept_to_the_end() -> None:
    model = trained_cnn()
    x, y = held_out(16)
    kappa = 0.05
    run = attack(model, Cw(initial_const=10.0, confidence=kappa, steps=150), x, y)
    with torch.no_grad():
        z = model(run.x_adv)
    lead = z.scatter(1, y[:, None], -torch.inf).amax(1) - z.gather(1, y[:, None]).squeeze(1)
    assert run.success.any()
    assert (lead[run.success] >= kappa * 0.99).all()


@pytest.mark.parametrize("steps", [40, 300])
def test_rows_stop_when_nothing_is_gained(steps: int) -> None:
    model = trained_cnn()
    x, y = held_out(16)
    spec = Cw(initial_const=0.01, steps=steps)
    run = attack(model, spec, x, y)
    assert run.backward_passes <= 16 * (3 * steps + 30)
    if steps == 300:
        assert run.backward_passes < 0.7 * 16 * 3 * steps

"""PGD rows that run in a circle leave early, and nothing changes by it."""

import pytest
import torch
from torch import Tensor, nn

from openapi.attacks import Pgd
from tests.workers.attacks.nets import Linear, attack
from tests.workers.attacks.trained import held_out, trained_cnn
from workers.attacks.maths.balls import LinfBall


def every_step(model: nn.Module, x: Tensor, y: Tensor, eps: float, steps: int, alpha: float) -> tuple[Tensor, Tensor]:
    """Textbook PGD from x without any early end: whether each row was ever fooled, and its last iterate."""
    ball, adv = LinfBall(x, eps), x
    fooled = torch.zeros(len(x), dtype=torch.bool)
    for _ in range(steps):
        leaf = adv.clone().requires_grad_()
        z = model(leaf)
        fooled |= z.argmax(1) != y
        true = z.gather(1, y[:, None]).squeeze(1)
        others = z.scatter(1, y[:, None], -torch.inf)
        (grad,) = torch.autograd.grad((others.logsumexp(1) - true).sum(), leaf)
        adv = ball.project(adv + alpha * grad.sign())
    return fooled | (model(adv).argmax(1) != y), adv


@pytest.mark.parametrize("steps", [30, 31])
def test_a_cycle_ends_the_row_with_the_same_result(steps: int) -> None:
    model, (x, y) = trained_cnn(), held_out(60)
    spec = Pgd(eps=0.03, steps=steps, step_size=0.01, random_start=False)
    run = attack(model, spec, x, y)
    fooled, last = every_step(model, x, y, 0.03, steps, 0.01)
    survivors = torch.from_numpy(run.correct & ~run.success)
    assert int(survivors.sum()) > 20
    assert torch.equal(survivors, torch.from_numpy(run.correct) & ~fooled)
    assert torch.equal(run.x_adv[survivors], last[survivors])
    full = int(survivors.sum()) * (steps + 1)
    assert run.forward_passes < 0.7 * full  # most rows went round in circles long before


class Noisy(nn.Module):
    """A random answer to every question: that an iterate returns says nothing of the next one."""

    def forward(self, x: Tensor) -> Tensor:
        z = x.flatten(1)[:, :2] * 0.01 + torch.tensor([1.0, 0.0])
        return z + 0.01 * torch.rand_like(z)


def test_rows_of_a_randomised_model_take_every_step() -> None:
    x = torch.full((5, 1, 2, 2), 0.5)
    y = torch.zeros(5, dtype=torch.int64)
    spec = Pgd(eps=0.01, steps=12, step_size=0.01)
    run = attack(Noisy(), spec, x, y)
    assert run.randomised
    assert run.forward_passes == 5 * 13
    still = attack(Linear(torch.tensor([[1.0] * 4, [-1.0] * 4])), spec, x, y)
    assert not still.randomised
    assert 0 < still.forward_passes < 5 * 13

"""For a linear model the strongest perturbation is known in closed form: the attacks must reach it."""

import numpy as np
import pytest
import torch
from torch import Tensor

from openapi.attacks import Fgsm, Pgd
from openapi.attacks.base import Attack
from tests.workers.attacks.nets import Linear, attack

N, D = 12, 16


def two_classes(bias: float) -> tuple[Linear, Tensor, Tensor, Tensor]:
    """z = (w·(x - 1/2) + bias, 0); x in [0.3, 0.7], so that a ball of 0.2 never meets the walls."""
    g = torch.Generator().manual_seed(3)
    w = torch.randn(D, generator=g)
    x = 0.3 + 0.4 * torch.rand(N, 1, 4, 4, generator=g)
    model = Linear(torch.stack([w, torch.zeros(D)]), torch.tensor([bias - float(w.sum()) / 2, 0.0]))
    with torch.no_grad():
        return model, w, x, model(x).argmax(1)


def margins(model: Linear, x: Tensor, y: Tensor) -> Tensor:
    with torch.no_grad():
        z = model(x)
    found: Tensor = (z.gather(1, y[:, None]) - z.gather(1, 1 - y[:, None])).squeeze(1)
    return found


@pytest.mark.parametrize(
    "spec",
    [
        Fgsm(eps=0.05),
        Pgd(eps=0.05, steps=20),
        Pgd(eps=0.05, steps=20, targeted=True),
        Pgd(eps=0.05, steps=20, loss="margin"),
        Fgsm(eps=0.2, norm="l2"),
        Pgd(eps=0.2, steps=40, norm="l2"),
        Pgd(eps=0.2, steps=40, norm="l2", targeted=True, target="random"),
    ],
    ids=lambda s: f"{s.name}-{s.norm}-{getattr(s, 'loss', '')}{'-t' if s.targeted else ''}",
)
def test_reaches_the_optimum(spec: Attack) -> None:
    model, w, x, y = two_classes(bias=20.0)  # far from the boundary: nobody is fooled, and the last iterate is kept
    run = attack(model, spec, x, y)
    assert not run.success.any()
    eps, norm = spec.eps, spec.norm  # type: ignore[attr-defined]
    optimum = eps * (w.abs().sum() if norm == "linf" else w.norm())
    gained = margins(model, x, y) - margins(model, run.x_adv, y)
    torch.testing.assert_close(gained, optimum.expand(N), rtol=1e-4, atol=0)
    step = eps * (torch.sign(w) if norm == "linf" else w / w.norm())
    torch.testing.assert_close(run.x_adv, x - step.view(1, 1, 4, 4), rtol=0, atol=1e-3)


@pytest.mark.parametrize("norm", ["linf", "l2"])
def test_fools_exactly_those_within_reach(norm: str) -> None:
    model, w, x, y = two_classes(bias=0.0)
    eps = 0.05 if norm == "linf" else 0.2
    reach = eps * float(w.abs().sum() if norm == "linf" else w.norm())
    within = (margins(model, x, y) < reach * 0.999).numpy()
    beyond = (margins(model, x, y) > reach * 1.001).numpy()
    assert within.any()
    assert beyond.any()
    run = attack(model, Pgd(eps=eps, steps=40, norm=norm), x, y)
    assert run.success[within].all()
    assert not run.success[beyond].any()
    assert np.isnan(run.distance[beyond]).all()
    assert (run.distance[run.success] <= eps).all()


def test_step_size_null_is_eps_over_root_steps() -> None:
    model, w, x, y = two_classes(bias=20.0)
    run = attack(model, Pgd(eps=0.2, steps=1, random_start=False), x, y)
    torch.testing.assert_close(run.x_adv, x - 0.2 * torch.sign(w).view(1, 1, 4, 4), rtol=0, atol=1e-6)
    run = attack(model, Pgd(eps=0.2, steps=4, step_size=0.01, random_start=False), x, y)
    torch.testing.assert_close(run.x_adv, x - 0.04 * torch.sign(w).view(1, 1, 4, 4), rtol=0, atol=1e-6)


def test_pgd_of_one_step_is_no_weaker_than_fgsm() -> None:
    """The last iterate is tested: a run that only looked at the points where it took gradients would fool nobody."""
    model, _, x, y = two_classes(bias=0.0)
    fgsm = attack(model, Fgsm(eps=0.05), x, y)
    pgd = attack(model, Pgd(eps=0.05, steps=1, random_start=False), x, y)
    assert fgsm.success.any()
    assert (pgd.success == fgsm.success).all()

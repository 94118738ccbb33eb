"""Mistakes that other libraries have made and that no other test here would catch."""

import pytest
import torch
from torch import Tensor, nn

from openapi.attacks import Apgd, ApgdT, AutoAttack, FabT, Fgsm, Ifgsm, Pgd, Square
from openapi.attacks.base import Attack
from openapi.models import InputSpec
from tests.workers.attacks.nets import Linear, attack
from workers.models.from_module import audit_module

pytestmark = pytest.mark.slow


def far(d: int = 16) -> tuple[Linear, Tensor]:
    """Two classes so far apart that nobody is ever fooled; w decides which way is up."""
    w = torch.randn(d, generator=torch.Generator().manual_seed(3))
    return Linear(torch.stack([w, torch.zeros(d)]), torch.tensor([100.0, 0.0])), w


@pytest.mark.parametrize(
    "spec",
    [Fgsm(eps=0.2), Ifgsm(eps=0.2), Pgd(eps=0.2, steps=20), Apgd(eps=0.2, steps=30), Square(eps=0.2, queries=800)],
    ids=lambda s: s.name,
)
def test_clipping_takes_nothing_from_the_gradient(spec: Attack) -> None:
    """Clipped inside the graph, pixels at 0 and 1 have no gradient: from a black-and-white image every pixel that can
    fall must reach the corner."""
    model, w = far()
    x = (torch.rand(6, 1, 4, 4, generator=torch.Generator().manual_seed(1)) < 0.5).float()
    run = attack(model, spec, x, torch.zeros(6, dtype=torch.int64))
    corner = (x - 0.2 * w.sign().view(1, 1, 4, 4)).clamp(0, 1)
    if isinstance(spec, Square):
        gained = ((x - run.x_adv).flatten(1) * w).sum(1) / ((x - corner).flatten(1) * w).sum(1)
        assert gained.min() > 0.9
    else:
        torch.testing.assert_close(run.x_adv, corner, rtol=0, atol=1e-6)


def test_autoattack_takes_every_step_of_the_standard() -> None:
    """A "standard" with a tenth of the iterations is another attack. Nobody is fooled here, so that all stages run."""
    assert (Apgd().steps, ApgdT().steps, ApgdT().targets) == (100, 100, 9)
    assert (FabT().steps, FabT().targets, Square().queries) == (100, 9, 5000)
    g = torch.Generator().manual_seed(0)
    model = Linear(torch.randn(12, 16, generator=g), torch.tensor([100.0] + 11 * [0.0]))
    x = torch.rand(2, 1, 4, 4, generator=g)
    y = torch.zeros(2, dtype=torch.int64)
    run = attack(model, AutoAttack(eps=0.05), x, y)
    assert not run.success.any()
    parts = [attack(model, spec(eps=0.05), x, y) for spec in (Apgd, ApgdT, FabT, Square)]
    alone = sum(p.forward_passes for p in parts)
    assert 1.1 * alone > run.forward_passes >= alone >= 2 * 5000  # Square's proposals ahead may come to nothing
    assert run.backward_passes == sum(p.backward_passes for p in parts) > 0


@pytest.mark.parametrize("norm", ["linf", "l2"])
def test_eps_is_in_pixels_whatever_the_model_normalises(norm: str) -> None:
    """With a deviation of 0.25 an eps in normalised units would be four times too small, or too large."""
    w = torch.randn(16, generator=torch.Generator().manual_seed(3))

    class Net(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.weight = nn.Parameter(torch.stack([w, torch.zeros(16)]))
            self.bias = nn.Parameter(torch.tensor([400.0, 0.0]))

        def forward(self, x: Tensor) -> Tensor:
            return nn.functional.linear(x.flatten(1), self.weight, self.bias)

    model = audit_module(Net().eval(), InputSpec(shape=(1, 4, 4), mean=(0.5,), std=(0.25,)))
    x = 0.4 + 0.2 * torch.rand(4, 1, 4, 4, generator=torch.Generator().manual_seed(1))
    run = attack(model, Fgsm(eps=0.1, norm=norm), x, torch.zeros(4, dtype=torch.int64))
    step = 0.1 * (w.sign() if norm == "linf" else w / w.norm())
    torch.testing.assert_close(run.x_adv, x - step.view(1, 1, 4, 4), rtol=0, atol=1e-6)

"""Straight-through twins: the same function, with gradients where the network's own are zero."""

import pytest
import torch
from torch import Tensor, nn

from openapi.models import InputSpec
from workers.attacks.ball.pairs import dual_pairs
from workers.attacks.engine.transfer import try_examples
from workers.models.from_module import audit_module
from workers.models.surrogate import straight_through_twin


class Rounding(nn.Module):
    """A linear classifier of pixels that are rounded to eighths: no gradient reaches them."""

    def __init__(self, snap: str) -> None:
        super().__init__()
        self.snap, self.head = snap, nn.Linear(16, 3)

    def forward(self, x: Tensor) -> Tensor:
        if self.snap == "round":
            x = (8 * x).round() / 8
        elif self.snap == "where":
            x = torch.where((x - 0.5).abs() < 0.6, torch.full_like(x, 0.5), x) + 0.0 * x.floor()
        out: Tensor = self.head(x.flatten(1))
        return out


@pytest.mark.parametrize(("snap", "treated"), [("round", {"round": 1}), ("where", {"where": 1, "floor": 1})])
def test_a_twin_computes_the_same_and_has_a_gradient(snap: str, treated: dict[str, int]) -> None:
    torch.manual_seed(0)
    net = Rounding(snap)
    model = audit_module(net, InputSpec(shape=(1, 4, 4)))
    twin, found = straight_through_twin(model)
    assert found == treated
    x = torch.rand(5, 1, 4, 4).requires_grad_()
    torch.testing.assert_close(twin(x), model(x))
    (own,) = torch.autograd.grad(model(x)[:, 1].sum(), x)
    (through,) = torch.autograd.grad(twin(x)[:, 1].sum(), x)
    assert not own.any()
    torch.testing.assert_close(through, net.head.weight[1].view(1, 4, 4).expand_as(x).contiguous())


def test_a_network_with_gradients_has_none_to_treat() -> None:
    net = nn.Sequential(nn.Flatten(), nn.Linear(16, 8), nn.ReLU(), nn.Linear(8, 3))
    assert straight_through_twin(audit_module(net, InputSpec(shape=(1, 4, 4))))[1] == {}


def test_examples_of_the_twin_fool_what_its_own_gradients_do_not() -> None:
    torch.manual_seed(0)
    model = audit_module(Rounding("round"), InputSpec(shape=(1, 4, 4)))
    x = torch.rand(32, 1, 4, 4)
    y, index = model(x).argmax(1), torch.arange(32)
    fooled = {}
    for name, source in (("own", model), ("twin", straight_through_twin(model)[0])):
        x_adv = dual_pairs(source, x, y, index, seed=0, eps=0.3, steps=10, random_start=False)
        result = try_examples(model, x, x_adv, y, index, "linf")
        assert float((x_adv - x).abs().max()) <= 0.3 + 1e-6
        torch.testing.assert_close(torch.from_numpy(result.adv_predicted), model(x_adv).argmax(1))
        fooled[name] = int(result.success.sum())
    assert fooled["own"] == 0
    assert fooled["twin"] > 24

"""Attacks on mixtures of sure networks reach what the logits below allow."""

from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, fx, nn

from openapi.attacks import Apgd, Pgd
from openapi.attacks.base import Attack
from tests.workers.models.test_mixtures import Mix, loaded
from workers.attacks.engine.suite import run_attack
from workers.models.graphs import aten, op_name
from workers.models.quick.tempered import log_sigmoid, log_softmax, temper

EPS = 0.04
MEANS: dict[str, Mix] = {
    "softmax": lambda p, q: (p.softmax(1) + q.softmax(1)) / 2,
    "sigmoid": lambda p, q: (torch.sigmoid(p) + torch.sigmoid(q)) / 2,
}


class TwoLinear(nn.Module):
    """Two linear networks of two classes, z = (m, -m) each: their means are wrong where the margins' sum is."""

    def __init__(self, mix: Mix, scale: float) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.first, self.second, self.mix, self.scale = nn.Linear(48, 1), nn.Linear(48, 1), mix, scale

    def margins(self, x: Tensor) -> tuple[Tensor, Tensor]:
        flat = 2 * x.flatten(1) - 1
        return self.first(flat) * self.scale, self.second(flat) * self.scale

    def forward(self, x: Tensor) -> Tensor:
        p, q = (torch.cat([m, -m], 1) for m in self.margins(x))
        return self.mix(p, q)


def fooled_at_best(net: TwoLinear, x: Tensor, y: Tensor) -> Tensor:
    """The mean of two sigmoids is above one half where the sum of the margins is above 0: a linear function."""
    weight = (net.first.weight + net.second.weight).reshape(1, 3, 4, 4).sign()
    towards = torch.where(y.bool(), 1.0, -1.0).reshape(-1, 1, 1, 1)
    worst = (x + EPS * towards * weight).clamp(0, 1)
    with torch.no_grad():
        return (sum(net.margins(worst), torch.zeros(1)) < 0).squeeze(1) != y.bool()


def named_wrongly(net: TwoLinear, x: Tensor, y: Tensor) -> Tensor:
    """Images that the margins and the net's own float32 argmax get wrong at one corner of the ball, of those corners
    where no other is better for both networks. Where sure networks contradict each other p + q is 1 to the last bit.
    """
    first, second = (layer.weight.reshape(1, 3, 4, 4) for layer in (net.first, net.second))
    towards = torch.where(y.bool(), 1.0, -1.0).reshape(-1, 1, 1, 1)
    wrong = torch.zeros(len(x), dtype=torch.bool)
    with torch.no_grad():
        for share in torch.linspace(0, 1, 201):
            corner = (x + EPS * towards * (share * first + (1 - share) * second).sign()).clamp(0, 1)
            by_margins = (sum(net.margins(corner), torch.zeros(1)) < 0).squeeze(1) != y.bool()
            wrong |= by_margins & (net(corner).argmax(1) != y)
    return wrong


@pytest.mark.slow
@pytest.mark.parametrize("attack", [Pgd(eps=EPS, steps=20), Apgd(eps=EPS, steps=20)], ids=["pgd", "apgd"])
@pytest.mark.parametrize("name", sorted(MEANS))
def test_attacks_are_as_strong_as_on_the_margins(tmp_path: Path, name: str, attack: Attack) -> None:
    net = TwoLinear(MEANS[name], scale=60.0)
    x = torch.rand(96, 3, 4, 4, generator=torch.Generator().manual_seed(5))
    with torch.no_grad():
        y = (sum(net.margins(x), torch.zeros(1)) < 0).squeeze(1).long()
    at_best = fooled_at_best(net, x, y)
    assert 20 < int(at_best.sum()) < 76
    model, _ = loaded(net, tmp_path, "trace")
    run = run_attack(model, attack, x, y, torch.arange(len(x)))
    assert run.correct.all()
    # An example counts where the file itself names the wrong class, which its rounding keeps from some.
    allowed = named_wrongly(net, x, y)
    assert int(allowed.sum()) >= 0.8 * int(at_best.sum())
    assert int(run.success.sum()) >= 0.92 * int(allowed.sum())
    assert not (run.success & ~at_best.numpy()).any()


def test_numbers_stay_and_gradients_are_of_all_parts() -> None:
    graph = fx.Graph()
    x = graph.placeholder("x")
    parts = [
        graph.call_function(aten.log_softmax.int, (graph.call_function(aten.mul.Tensor, (x, k)), 1))
        for k in (300.0, -900.0)
    ]
    graph.output(graph.call_function(aten.logaddexp.default, tuple(parts)))
    module = fx.GraphModule(nn.Module(), graph)
    z = torch.tensor([[0.3, 0.1, -0.2]], requires_grad=True)
    plain = module(z)
    assert temper(module.eval())
    module.recompile()
    tempered = module(z)
    assert torch.equal(plain, tempered)
    (gradient,) = torch.autograd.grad(tempered[0, 0], z)
    leaf = z.detach().clone().requires_grad_()
    expected = torch.logaddexp(log_softmax(300 * leaf, 1), log_softmax(-900 * leaf, 1))[0, 0]
    torch.testing.assert_close(gradient, torch.autograd.grad(expected, leaf)[0])


def test_a_temperature_brings_the_leader_to_four() -> None:
    z = torch.tensor([[100.0, 20.0, -3.0], [1.0, 0.0, 0.5]])
    torch.testing.assert_close(log_softmax(z, 1), torch.stack([z[0] / 20, z[1]]).log_softmax(1))
    torch.testing.assert_close(log_sigmoid(z), nn.functional.logsigmoid(torch.stack([z[0] / 25, z[1]])))


@pytest.mark.parametrize("args", [(aten.log_softmax.int, 1), (aten.relu.default,)], ids=["softmax", "plain"])
def test_one_softmax_and_plain_logits_stay_alone(args: tuple[Any, ...]) -> None:
    graph = fx.Graph()
    graph.output(graph.call_function(args[0], (graph.placeholder("x"), *args[1:])))
    module = fx.GraphModule(nn.Module(), graph)
    before = [op_name(node) for node in graph.nodes]
    assert not temper(module)
    assert [op_name(node) for node in graph.nodes] == before

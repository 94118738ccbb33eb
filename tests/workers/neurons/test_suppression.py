"""Suppressed networks against the same arithmetic written out."""

import pytest
import torch

from openapi.attacks import Fgsm
from openapi.models import InputSpec
from tests.workers.neurons.nets import SmallNet
from workers.attacks.engine.suite import run_attack
from workers.models.audited import AuditedModel
from workers.models.from_module import audit_module
from workers.models.scaled_relu import scaled_relu
from workers.neurons.suppression import Suppressed, control, scale_neurons

TOP = {"conv1": (2, 5), "conv3": (0,)}
X = torch.rand(6, 1, 8, 8, generator=torch.Generator().manual_seed(3))


@pytest.fixture(scope="module")
def net() -> SmallNet:
    return SmallNet()


@pytest.fixture(scope="module")
def model(net: SmallNet) -> AuditedModel:
    return audit_module(net, InputSpec(shape=(1, 8, 8)))


def written_out(net: SmallNet, x: torch.Tensor, beta: float) -> torch.Tensor:
    a1 = net.conv1(x).relu()
    a1 = torch.cat([a1[:, :2], beta * a1[:, 2:3], a1[:, 3:5], beta * a1[:, 5:6], a1[:, 6:]], 1)
    a3 = net.conv3(net.conv2(a1).relu()).relu()
    a3 = torch.cat([beta * a3[:, :1], a3[:, 1:]], 1)
    logits: torch.Tensor = net.head(a3.flatten(1))
    return logits


@pytest.mark.parametrize("beta", [0.0, 0.5, 1.0])
def test_outputs_after_activation_are_multiplied(net: SmallNet, model: AuditedModel, beta: float) -> None:
    with torch.no_grad():
        torch.testing.assert_close(Suppressed(model, TOP).turn(beta)(X), written_out(net, X, beta))


def test_the_original_is_left_alone_and_tensors_are_shared(model: AuditedModel) -> None:
    before = model(X)
    suppressed = Suppressed(model, TOP).turn(0.0)
    assert torch.equal(model(X), before)
    assert not torch.allclose(suppressed(X), before)
    assert all(a is b for a, b in zip(model.parameters(), suppressed.parameters(), strict=True))


def test_gradients_are_those_of_the_suppressed_network(net: SmallNet, model: AuditedModel) -> None:
    a, b = X.clone().requires_grad_(), X.clone().requires_grad_()
    Suppressed(model, TOP).turn(0.3)(a)[:, 0].sum().backward()
    written_out(net, b, 0.3)[:, 0].sum().backward()
    torch.testing.assert_close(a.grad, b.grad)


@pytest.mark.parametrize("beta", [0.0, 0.3, 1.0])
@pytest.mark.parametrize("in_place", [False, True])
def test_a_relu_that_is_turned_down_has_the_bits_of_a_multiplication(beta: float, in_place: bool) -> None:
    generator = torch.Generator().manual_seed(5)
    z = torch.randn(3, 6, 4, 4, generator=generator)
    z[:, :, 0, 0] = 0  # where the gradient of a ReLU is 0
    way_back = torch.randn(z.shape, generator=generator)
    chosen = torch.tensor([4, 1])
    factor = torch.ones(6)
    factor[chosen] = beta
    found = []
    for ours in (True, False):
        leaf = z.clone().requires_grad_()
        fresh = leaf * 1.0  # what may be written over is no leaf
        if ours:
            out = scaled_relu(fresh, chosen, torch.tensor(beta), 1, in_place)
        else:
            out = scale_neurons(fresh.relu(), factor, 1)
        (out * way_back).sum().backward()
        found.append((out.detach(), leaf.grad))
    for ours, theirs in zip(*found, strict=True):
        assert ours is not None
        assert theirs is not None
        assert torch.equal(ours, theirs)


def test_layers_without_an_activation_of_their_own_are_turned_down_at_their_output() -> None:
    class Sum(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.a, self.b = torch.nn.Conv2d(1, 3, 1), torch.nn.Conv2d(1, 3, 1)
            self.head = torch.nn.Linear(3, 2)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            logits: torch.Tensor = self.head((self.a(x) + self.b(x)).relu().mean((2, 3)))
            return logits

    module = Sum().eval()
    chosen = {"a": (0,), "b": (0, 1)}
    suppressed = Suppressed(audit_module(module, InputSpec(shape=(1, 8, 8))), chosen).turn(0.5)
    with torch.no_grad():
        a, b = module.a(X), module.b(X)
        a[:, [0]] *= 0.5
        b[:, [0, 1]] *= 0.5
        torch.testing.assert_close(suppressed(X), module.head((a + b).relu().mean((2, 3))))


def test_control_draws_as_many_from_the_rest(model: AuditedModel) -> None:
    drawn = [control(model, TOP, seed=0, repeat=r) for r in range(3)]
    for one in drawn:
        assert [len(one["conv1"]), len(one["conv3"])] == [2, 1]
        assert not set(one["conv1"]) & {2, 5}
    assert len({one["conv1"] + one["conv3"] for one in drawn}) > 1
    assert control(model, TOP, seed=0, repeat=1) == drawn[1]


def test_one_graph_serves_every_beta(net: SmallNet, model: AuditedModel) -> None:
    suppressed = Suppressed(model, TOP)
    with torch.no_grad():
        for beta in (0.0, 0.7, 1.0, 0.2):
            torch.testing.assert_close(suppressed.turn(beta)(X), written_out(net, X, beta))


def test_attacks_are_made_anew_on_each_network(model: AuditedModel) -> None:
    y = model(X).argmax(1)
    suppressed = Suppressed(model, TOP)
    runs = {beta: run_attack(suppressed.turn(beta), Fgsm(eps=0.05), X, y, torch.arange(6)) for beta in (0.0, 1.0, 0.0)}
    fresh = run_attack(Suppressed(model, TOP).turn(0.0), Fgsm(eps=0.05), X, y, torch.arange(6))
    plain = run_attack(model, Fgsm(eps=0.05), X, y, torch.arange(6))
    assert torch.equal(runs[0.0].x_adv, fresh.x_adv)
    assert torch.equal(runs[1.0].x_adv, plain.x_adv)
    assert not torch.equal(runs[0.0].x_adv, runs[1.0].x_adv)

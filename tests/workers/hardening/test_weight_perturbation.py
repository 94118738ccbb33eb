"""Adversarial weight perturbation against its formula."""

import torch
from torch import nn
from torch.nn import functional as F

from workers.hardening.weight_perturbation import perturbed


def test_weights_move_by_gamma_of_their_norm_along_the_gradient_and_come_back() -> None:
    torch.manual_seed(0)
    net = nn.Sequential(nn.Linear(6, 5), nn.BatchNorm1d(5), nn.Linear(5, 3)).train()
    x, y = torch.rand(20, 6), torch.arange(20) % 3
    parameters, buffers = list(net.parameters()), [b for b in net.buffers() if b.is_floating_point()]
    before = [p.detach().clone() for p in parameters]
    statistics = [b.clone() for b in buffers]
    expected = torch.autograd.grad(F.cross_entropy(net(x), y), [net[0].weight, net[2].weight])
    for b, value in zip(buffers, statistics, strict=True):
        b.copy_(value)

    def loss() -> torch.Tensor:
        return F.cross_entropy(net(x), y)

    first = loss().item()
    for b, value in zip(buffers, statistics, strict=True):
        b.copy_(value)
    with perturbed(parameters, buffers, loss, 0.01):
        assert all(torch.equal(b, value) for b, value in zip(buffers, statistics, strict=True))
        for layer, g in zip((net[0], net[2]), expected, strict=True):
            w = before[parameters.index(layer.weight)]
            torch.testing.assert_close(layer.weight.detach(), w + 0.01 * w.norm() * g / g.norm())
        assert torch.equal(net[0].bias.detach(), before[1])
        assert torch.equal(net[1].weight.detach(), before[2])
        assert loss().item() > first
    assert all(torch.equal(p.detach(), value) for p, value in zip(parameters, before, strict=True))

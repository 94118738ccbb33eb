"""Adversarial weight perturbation against its formula."""

import torch
from torch import nn
from torch.nn import functional as F

from workers.hardening.weight_perturbation import perturbed


def test_weights_move_by_gamma_of_their_norm_along_the_gradient_and_come_back() -> None:
    torch.manual_seed(0)
    wide, norm, head = nn.Linear(6, 5), nn.BatchNorm1d(5), nn.Linear(5, 3)
    net = nn.Sequential(wide, norm, head).train()
    x, y = torch.rand(20, 6), torch.arange(20) % 3
    parameters, buffers = list(net.parameters()), [b for b in net.buffers() if b.is_floating_point()]
    before = [p.detach().clone() for p in parameters]
    statistics = [b.clone() for b in buffers]
    expected = torch.autograd.grad(F.cross_entropy(net(x), y), [wide.weight, head.weight])
    for b, value in zip(buffers, statistics, strict=True):
        b.copy_(value)

    def loss() -> torch.Tensor:
        return F.cross_entropy(net(x), y)

    first = loss().item()
    for b, value in zip(buffers, statistics, strict=True):
        b.copy_(value)
    with perturbed(parameters, buffers, [loss], 0.01):
        assert all(torch.equal(b, value) for b, value in zip(buffers, statistics, strict=True))
        for layer, g in zip((wide, head), expected, strict=True):
            w = before[[p is layer.weight for p in parameters].index(True)]
            torch.testing.assert_close(layer.weight.detach(), w + 0.01 * w.norm() * g / g.norm())
        assert torch.equal(wide.bias.detach(), before[1])
        assert torch.equal(norm.weight.detach(), before[2])
        assert loss().item() > first
    assert all(torch.equal(p.detach(), value) for p, value in zip(parameters, before, strict=True))

"""The quick form of a model is the same function of the pixels."""

import itertools
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, fx, nn

from openapi.attacks import Pgd
from openapi.models import InputSpec
from workers.attacks.engine.suite import run_attack
from workers.models.audited import AuditedModel
from workers.models.from_module import audit_module
from workers.models.graphs import op_name
from workers.models.quick import rewrites
from workers.models.quick.image_conv import back_weight, image_conv
from workers.models.quick.max_pool import max_pool
from workers.models.quick.model import QuickModel, quicken

Made = Callable[[], Tensor]
GEOMETRIES = [
    (kernel, stride, padding, dilation)
    for kernel, stride, padding, dilation in itertools.product((1, 2, 3, 5), (1, 2, 3), (0, 1, 2), (1, 2))
    if padding < kernel
]


def assert_same_function(model: AuditedModel, quick: nn.Module, x: Tensor) -> None:
    """The logits of x (n, c, h, w) and their gradients."""
    wanted, got = model(x), quick(x)
    assert torch.allclose(wanted, got, rtol=1e-5, atol=1e-5)
    (a,) = torch.autograd.grad(wanted.logsumexp(1).sum(), x)
    (b,) = torch.autograd.grad(got.logsumexp(1).sum(), x)
    assert torch.allclose(a, b, rtol=1e-4, atol=1e-5 * float(a.abs().max()))


@pytest.mark.parametrize("channels", [1, 3])
def test_image_gradients_are_autograds(channels: int) -> None:
    generator = torch.Generator().manual_seed(0)
    for kernel, stride, padding, dilation in GEOMETRIES:
        x = torch.rand(3, channels, 12, 11, dtype=torch.float64, generator=generator, requires_grad=True)
        weight = torch.randn(4, channels, kernel, max(1, kernel - 1), dtype=torch.float64, generator=generator)
        bias = torch.randn(4, dtype=torch.float64, generator=generator)
        geometry = ([stride, stride], [padding, padding], [dilation, dilation])
        wanted = torch.conv2d(x, weight, bias, *geometry)
        got = image_conv(x, weight, bias, back_weight(weight, *geometry), *geometry)
        assert torch.equal(wanted, got)
        onto = torch.randn(wanted.shape, dtype=torch.float64, generator=generator)
        (a,) = torch.autograd.grad(wanted, x, onto)
        (b,) = torch.autograd.grad(got, x, onto)
        assert torch.allclose(a, b, rtol=1e-12, atol=1e-12), (kernel, stride, padding, dilation)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_maxima_are_torchs(dtype: torch.dtype) -> None:
    generator = torch.Generator().manual_seed(0)
    for kernel, stride, padding in itertools.product((1, 2, 3, 4), (1, 2, 3), (0, 1, 2)):
        if 2 * padding > kernel:
            continue
        x = torch.randn(3, 5, 12, 11, generator=generator).to(dtype)
        x[0, 0], x[0, 1], x[1, 0, 3:8, 4] = -torch.inf, torch.nan, torch.nan
        window = ([kernel, max(1, kernel - 1)], [stride, 2], [padding, padding // 2])
        wanted = torch.max_pool2d(x, *window)
        assert torch.equal(max_pool(x, *window).nan_to_num(7), wanted.nan_to_num(7))
        assert max_pool(x.requires_grad_(), *window).requires_grad


class Pooled(nn.Module):
    """Windows that are replaced, and two that are not: dilated, rounded up."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.head = nn.Conv2d(3, 6, 3), nn.Linear(6, 4)

    def forward(self, x: Tensor) -> Tensor:
        x = torch.relu(self.first(x))
        x = torch.max_pool2d(torch.max_pool2d(x, 2), [3, 2], 1, 1)
        x = torch.max_pool2d(x, 2, 1, dilation=2)
        logits: Tensor = self.head(torch.max_pool2d(x, 3, 2, ceil_mode=True).mean((2, 3)))
        return logits


def test_plain_windows_are_replaced() -> None:
    torch.manual_seed(0)
    model = audit_module(Pooled().eval(), InputSpec(shape=(3, 24, 25))).freeze()
    quick = QuickModel(model)
    names = [node.target for node in quick.graph.graph.nodes]
    assert names.count(max_pool) == 2
    assert names.count(torch.ops.aten.max_pool2d.default) == 2
    x = torch.rand(5, 3, 24, 25, requires_grad=True)
    assert_same_function(model, quick, x)
    single = torch.rand(3, 8, 8)
    assert torch.equal(max_pool(single, [2, 2], [2, 2], [0, 0]), torch.max_pool2d(single, 2))


class Net(nn.Module):
    """Norms behind convolutions with and without bias, one that is read twice, one before its convolution."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self.first, self.norm1 = nn.Conv2d(3, 8, 3, padding=1, bias=False), nn.BatchNorm2d(8)
        self.second, self.norm2 = nn.Conv2d(8, 8, 3, stride=2), nn.BatchNorm2d(8, affine=False)
        self.third, self.norm3 = nn.Conv2d(8, 12, 3, padding="same", groups=2), nn.BatchNorm2d(12)
        self.head = nn.Linear(12, 5)
        for norm in (self.norm1, self.norm2, self.norm3):
            assert norm.running_mean is not None
            assert norm.running_var is not None
            norm.running_mean.uniform_(-1, 1)
            norm.running_var.uniform_(0.3, 2)

    def forward(self, x: Tensor) -> Tensor:
        x = torch.relu(self.norm1(self.first(x)))
        twice = self.second(x)
        x = torch.relu(self.norm2(twice)) + twice
        logits: Tensor = self.head(self.norm3(self.third(x)).relu().mean((2, 3)))
        return logits


def net(size: int = 32) -> AuditedModel:
    torch.manual_seed(0)
    return audit_module(Net(size).eval(), InputSpec(shape=(3, size, size), mean=(0.4, 0.5, 0.6), std=(0.2, 0.3, 0.25)))


@pytest.mark.parametrize("size", [9, 32])
def test_same_logits_and_gradients(size: int) -> None:
    model = net(size)
    x = torch.rand(7, 3, size, size, requires_grad=True)
    quick = model.quickened(x[:2].detach())
    model.freeze()
    assert isinstance(quick, QuickModel)
    names = [op_name(node) for node in quick.graph.graph.nodes]
    assert names.count("batch_norm") == names.count("conv2d") == 2  # the first norm is folded; the first conv replaced
    assert_same_function(model, quick, x)
    assert all(not p.requires_grad for p in quick.parameters())


@pytest.mark.parametrize("size", [9, 32])
def test_it_follows_weights_that_change_in_place(size: int) -> None:
    model, x = net(size), torch.rand(7, 3, size, size)
    quick = QuickModel(model)
    with torch.no_grad():
        for tensor in [*model.parameters(), *model.graph.buffers()]:
            if tensor.is_floating_point():
                tensor.mul_(1.3).add_(0.01)
        quick.renew()
        assert torch.equal(quick(x), QuickModel(model)(x))
        assert torch.allclose(quick(x), model(x), rtol=1e-4, atol=1e-4)


class Strided(nn.Module):
    """A first convolution whose padding meets mean and std, read in place by a ReLU; one ReLU's input is read twice."""

    def __init__(self, stride: int, wide: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(3, wide, 4, stride=stride, padding=1)
        self.head = nn.Linear(wide, 7, bias=False)
        self.last = nn.Linear(7, 5)

    def forward(self, x: Tensor) -> Tensor:
        x = torch.relu(self.first(x)).mean((2, 3))
        twice = self.head(x)
        logits: Tensor = self.last(torch.relu(twice) + twice)
        return logits


@pytest.mark.parametrize("channels", ["RGB", "BGR"])
@pytest.mark.parametrize(("stride", "wide", "folded"), [(2, 6, True), (3, 6, True), (1, 9, False)])
def test_mean_and_std_go_into_the_first_convolution(stride: int, wide: int, folded: bool, channels: Any) -> None:
    torch.manual_seed(0)
    spec = InputSpec(
        shape=(3, 13, 16), channels=channels, range=(0, 255), mean=(120.0, 60.0, 30.0), std=(50.0, 60.0, 70.0)
    )
    model = audit_module(Strided(stride, wide).eval(), spec).freeze()
    quick = QuickModel(model)
    assert isinstance(quick.transform, nn.Identity) == folded  # not where the map is much larger than the image
    names = [op_name(node) for node in quick.graph.graph.nodes]
    assert (names.count("relu"), names.count("relu_")) == (1, 1)
    x = torch.rand(5, 3, 13, 16, requires_grad=True)
    assert_same_function(model, quick, x)


def test_a_norm_in_training_is_left_alone() -> None:
    model = net()
    model.set_batch_norm(training=True)
    names = [op_name(node) for node in QuickModel(model).graph.graph.nodes]
    assert names.count("batch_norm") == 3


def test_a_quick_form_that_differs_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    model, x = net(), torch.rand(4, 3, 32, 32)
    right = rewrites._reweigh
    assert quicken(model, x) is not model

    def wrong(derived: rewrites.Derived, conv: fx.Node, weight: Made, bias: Made) -> None:
        right(derived, conv, weight, lambda: bias() + 1e-2)

    monkeypatch.setattr(rewrites, "_reweigh", wrong)
    assert quicken(model, x) is model


def test_attacks_find_the_same() -> None:
    model = net()
    x = torch.rand(20, 3, 32, 32, generator=torch.Generator().manual_seed(1))
    y = model(x).argmax(1)
    spec = Pgd(eps=0.3, steps=10)
    plain = run_attack(lambda z: model(z), spec, x, y, torch.arange(20))
    quick = run_attack(model, spec, x, y, torch.arange(20))
    assert (plain.success == quick.success).all()
    assert quick.success.sum() > 0

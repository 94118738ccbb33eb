"""The penultimate neurons of heads of every shape: z = W a + b, and whose inputs they are."""

from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from openapi.models import InputSpec
from workers.models.from_module import audit_module
from workers.neurons.heads.last_layer import LastLayer, Penultimate, find_last_layer
from workers.neurons.heads.walk import NoLastLayer

C, SIDE = 3, 6


class Net(nn.Module):
    """A convolution of 4 channels, ReLU, and a head of the test's choice."""

    def __init__(self, *head: nn.Module) -> None:
        super().__init__()
        self.conv = nn.Conv2d(C, 4, 3, padding=1)
        self.head = nn.Sequential(*head)

    def features(self, x: Tensor) -> Tensor:
        features: Tensor = self.conv(x).relu()
        return features

    def forward(self, x: Tensor) -> Tensor:
        logits: Tensor = self.head(self.features(x))
        return logits


class Rearranged(nn.Module):
    def __init__(self, *axes: int) -> None:
        super().__init__()
        self.axes = axes

    def forward(self, x: Tensor) -> Tensor:
        return x.permute(self.axes)


class Lambda(nn.Module):
    """What a test writes in one line, with a linear layer of its own."""

    def __init__(self, function: Callable[..., Tensor], *layers: nn.Module) -> None:
        super().__init__()
        self.function, self.layers = function, nn.ModuleList(layers)

    def forward(self, x: Tensor) -> Tensor:
        logits: Tensor = self.function(x, *self.layers)
        return logits


def found(net: nn.Module) -> tuple[LastLayer, Penultimate]:
    torch.manual_seed(0)
    for parameter in net.parameters():
        parameter.data.uniform_(-0.5, 0.7)
    model = audit_module(net, InputSpec(shape=(C, SIDE, SIDE)))
    last = find_last_layer(model)
    return last, Penultimate(model, last)


def agree(last: LastLayer, reader: Penultimate, shape: tuple[int, ...] = (C, SIDE, SIDE)) -> None:
    """W a + b is z, and the neurons' contributions with the constant are each class's z: to 1e-5 of the spread."""
    x = torch.rand(3, *shape, generator=torch.Generator().manual_seed(3))
    logits, a = reader(x)
    z, a = logits.detach().numpy(), a.detach().numpy()
    spread = np.ptp(z)
    assert np.abs(last.logits(a) - z).max() <= 1e-5 * spread
    for y in range(z.shape[1]):
        classes = np.full(3, y)
        phi = last.contributions(a, classes)
        assert phi.shape == (3, last.neurons)
        assert np.abs(phi.sum(1) + last.constant(a, classes) - z[:, y]).max() <= 1e-5 * spread


GAP = (nn.AdaptiveAvgPool2d(1), nn.Flatten())
CHANNELS = np.arange(4)

HEADS = {
    "global pooling": ((*GAP, nn.Linear(4, 5)), "head.2", "conv", CHANNELS),
    "flattened map": ((nn.Flatten(), nn.Linear(144, 5)), "head.1", "conv", np.repeat(CHANNELS, 36)),
    "flattened, channels last": (
        (Rearranged(0, 2, 3, 1), nn.Flatten(), nn.Linear(144, 5)), "head.2", "conv", np.tile(CHANNELS, 36),
    ),
    "several linear layers": (
        (nn.Flatten(), nn.Linear(144, 7), nn.ReLU(), nn.Linear(7, 5)), "head.3", "head.1", np.arange(7),
    ),
    "norms and dropout": (
        (nn.BatchNorm2d(4), *GAP, nn.LayerNorm(4), nn.Dropout(0.5), nn.Linear(4, 5)), "head.5", "conv", CHANNELS,
    ),
    "no bias, softmax": ((*GAP, nn.Linear(4, 5, bias=False), nn.Softmax(1)), "head.2", "conv", CHANNELS),
    "one logit": ((*GAP, nn.Linear(4, 1), nn.Sigmoid()), "head.2", "conv", CHANNELS),
    "temperature": ((*GAP, nn.Linear(4, 5), Lambda(lambda z: z / 2 + 1)), "head.2", "conv", CHANNELS),
    "1x1 convolution after pooling": (
        (nn.AdaptiveAvgPool2d(1), nn.Conv2d(4, 5, 1), nn.Flatten()), "head.1", "conv", CHANNELS,
    ),
    "convolution of the whole map": ((nn.Conv2d(4, 5, SIDE), nn.Flatten()), "head.0", "conv", np.repeat(CHANNELS, 36)),
    "one scaled map": (
        (Lambda(lambda a, fc: fc(a.flatten(2).transpose(1, 2)).mean(1) * 3, nn.Linear(4, 5)),), "head.0.layers.0",
        "conv", np.tile(CHANNELS, 36),
    ),
    "average and maximum": (
        (Lambda(lambda a, fc: fc(torch.cat([a.mean((2, 3)), a.amax((2, 3))], 1)), nn.Linear(8, 5)),),
        "head.0.layers.0", "conv", np.tile(CHANNELS, 2),
    ),
    "two linear layers over one map": (
        (*GAP, Lambda(lambda a, one, two: (one(a) + two(a)) / 2, nn.Linear(4, 5), nn.Linear(4, 5))),
        "head.2.layers.0 + head.2.layers.1", "conv", CHANNELS,
    ),
    "two tokens": (
        (Lambda(lambda a, t, one, two: (lambda h: (one(h[:, 0]) + two(h[:, 1])) / 2)(t(a.flatten(2))),
                nn.Linear(36, 6), nn.Linear(6, 5), nn.Linear(6, 5)),),
        "head.0.layers.1 + head.0.layers.2", "head.0.layers.0", np.tile(np.arange(6), 2),
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", HEADS)
def test_heads(case: str) -> None:
    head, name, penultimate, neuron_of = HEADS[case]
    last, reader = found(Net(*head))
    assert (last.name, last.penultimate, last.reading) == (name, penultimate, "linear")
    np.testing.assert_array_equal(last.neuron_of, neuron_of)
    assert last.neurons == len(set(neuron_of.tolist()))
    assert last.origin == tuple((penultimate, channel) for channel in range(last.neurons))
    agree(last, reader)


@pytest.mark.parametrize(("between", "reading"), [((), "averaged"), ((nn.ReLU(),), "rectified")])
def test_a_1x1_convolution_before_the_average(between: tuple[nn.Module, ...], reading: str) -> None:
    last, reader = found(Net(nn.Dropout(), nn.Conv2d(4, 5, 1), *between, *GAP))
    assert (last.name, last.penultimate, last.reading, last.neurons) == ("head.1", "conv", reading, 4)
    agree(last, reader)


def test_one_logit_is_two_classes() -> None:
    last, _ = found(Net(*GAP, nn.Linear(4, 1)))
    assert last.weight.shape == (2, 4)
    assert not last.weight[0].any()
    assert last.bias[0] == 0


def test_neurons_of_several_layers_are_numbered_through() -> None:
    class Branches(Net):
        def __init__(self, *head: nn.Module) -> None:
            super().__init__(*head)
            self.other = nn.Conv2d(C, 2, 1)

        def features(self, x: Tensor) -> Tensor:
            return torch.cat([self.conv(x).relu(), self.other(x).relu()], 1)

    net = Branches(*GAP, nn.Linear(6, 5))
    last, reader = found(net)
    assert last.origin == (*[("conv", i) for i in range(4)], ("other", 0), ("other", 1))
    assert last.penultimate == "conv … other"
    agree(last, reader)


def test_a_residual_sum_has_the_neurons_of_its_deepest_branch() -> None:
    class Residual(Net):
        def __init__(self, *head: nn.Module) -> None:
            super().__init__(*head)
            self.second, self.shortcut = nn.Conv2d(4, 4, 1), nn.Conv2d(C, 4, 1)

        def features(self, x: Tensor) -> Tensor:
            inner = self.conv(x).relu()
            found: Tensor = (self.second(inner) + self.shortcut(x)).relu()
            return found

    assert found(Residual(*GAP, nn.Linear(4, 5)))[0].penultimate == "second"


class Skipping(Net):
    def forward(self, x: Tensor) -> Tensor:
        logits: Tensor = self.head(self.features(x)) + x.mean((2, 3))
        return logits


REFUSED: dict[str, Callable[[], nn.Module]] = {
    "reads the image itself": lambda: nn.Sequential(nn.Flatten(), nn.Linear(C * SIDE * SIDE, 5)),
    "the image itself reaches the logits": lambda: Skipping(*GAP, nn.Linear(4, 3)),
    "not linear in what it reads": lambda: Net(*GAP, nn.Linear(4, 5), Lambda(lambda z: z * z)),
    "matmul makes numbers of layers' outputs": lambda: Net(
        Lambda(lambda a, fc: fc((a.flatten(2) @ a.flatten(2).transpose(1, 2)).flatten(1)), nn.Linear(16, 5))
    ),
    "index_select looks numbers up": lambda: Net(
        Lambda(
            lambda a, fc: fc(
                torch.tensor([0.0, 1.0]).index_select(0, (a > 0.1).flatten().long()).view_as(a).flatten(1)
            ),
            nn.Linear(144, 5),
        )
    ),
    "are no neuron's output": lambda: Net(
        *GAP, Lambda(lambda a, fc: fc(torch.cat([a, torch.ones_like(a[:, :1])], 1)), nn.Linear(5, 5))
    ),
}


@pytest.mark.parametrize("reason", REFUSED)
def test_what_is_missing_is_said(reason: str) -> None:
    with pytest.raises(NoLastLayer, match=reason) as caught:
        found(REFUSED[reason]())
    assert [e.pointer for e in caught.value.errors or ()] == ["/neurons"]


def test_reading_is_differentiable_and_follows_the_models_weights() -> None:
    _, reader = found(Net(*GAP, nn.Linear(4, 5)))
    x = torch.rand(2, C, SIDE, SIDE, requires_grad=True)
    reader(x)[1].sum().backward()
    assert x.grad is not None
    assert x.grad.abs().sum() > 0
    before = reader(x)[1]
    with torch.no_grad():
        next(p for n, p in reader.model.named_parameters() if n.endswith("conv.bias")).add_(1)
    assert (reader(x)[1] - before).abs().min() > 0

"""Comparisons that quantise have the gradient of a ramp; those that open or hide paths have none, as in torch."""

from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from openapi.models import InputSpec
from tests.workers.models.nets import gradient, relative, settled
from tests.workers.models.stepped import SHAPE, WAYS, SteppedNet, check_steps
from workers.models.load import load_model


class Thermometer(SteppedNet):
    """Each channel as the four thresholds below it."""

    levels: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(12, 6, 3)
        self.register_buffer("levels", torch.tensor([0.2, 0.4, 0.6, 0.8]).view(1, 1, 4, 1, 1))

    def forward(self, x: Tensor) -> Tensor:
        return self.tail((x.unsqueeze(2) > self.levels).float().flatten(1, 2))

    def smooth(self, x: Tensor) -> Tensor:
        return self.tail((x.unsqueeze(2) - self.levels).flatten(1, 2) / 2)


class Binary(SteppedNet):
    """Activations of -1 and 1, as binarised networks have them."""

    def forward(self, x: Tensor) -> Tensor:
        found: Tensor = self.fc((self.conv(x) >= 0).to(x.dtype).mul(2).sub(1).mean([2, 3]))
        return found

    def smooth(self, x: Tensor) -> Tensor:
        found: Tensor = self.fc(self.conv(x).mean([2, 3]))
        return found


class Chosen(SteppedNet):
    def forward(self, x: Tensor) -> Tensor:
        return self.tail(torch.where(x < 0.5, torch.full_like(x, 0.2), torch.full_like(x, 0.9)))

    def smooth(self, x: Tensor) -> Tensor:
        return self.tail(0.35 * x)


class Counted(SteppedNet):
    """How many of nine thresholds lie below."""

    edges: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("edges", torch.linspace(0.1, 0.9, 9))

    def forward(self, x: Tensor) -> Tensor:
        return self.tail(torch.bucketize(x, self.edges).float() / 9)

    def smooth(self, x: Tensor) -> Tensor:
        return self.tail(x)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("how", WAYS)
@pytest.mark.parametrize("kind", [Thermometer, Binary, Chosen, Counted])
def test_what_is_compared_and_read_by_a_layer_has_a_gradient(kind: type[SteppedNet], how: str, tmp_path: Path) -> None:
    check_steps(kind(), how, tmp_path, alike=0.7, says="comparisons are straight-through estimates")


class Gate(SteppedNet):
    def forward(self, x: Tensor) -> Tensor:
        features = self.conv(x)
        found: Tensor = self.fc((torch.tanh(features) * (features > 0.1).float()).mean([2, 3]))
        return found


class Hidden(SteppedNet):
    """Dark places are hidden from a softmax by a large number."""

    def forward(self, x: Tensor) -> Tensor:
        features = self.conv(x).flatten(2)
        dark = (x[:, 0, 1:-1, 1:-1] < 0.5).float().flatten(1).unsqueeze(1)
        found: Tensor = self.fc((torch.softmax(features - 10000 * dark, -1) * features).sum(-1))
        return found


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("how", WAYS)
@pytest.mark.parametrize("kind", [Gate, Hidden])
def test_what_opens_or_hides_a_path_leaves_gradients_exact(kind: type[SteppedNet], how: str, tmp_path: Path) -> None:
    net = settled(kind())
    x = torch.rand(3, *SHAPE, generator=torch.Generator().manual_seed(1))
    model = load_model(WAYS[how](net, tmp_path / "model", x[:2]), None, InputSpec(shape=SHAPE))
    assert relative(model(x), net(x)) < 1e-5
    assert relative(gradient(model, x), gradient(net, x)) < 1e-4
    assert not any("straight-through" in said for said in model.warnings)

"""The image of a TorchScript file: its shape is read from the trace or found by trying; what is no image is refused."""

from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from openapi.models import InputSpec
from openapi.problems import ModelRejected, NotAClassifier
from tests.workers.models.nets import save_script, save_trace, settled
from workers.models.load import load_model


class Pooled(nn.Module):
    def __init__(self, channels: int = 1) -> None:
        super().__init__()
        self.conv = nn.Conv2d(channels, 4, 3)
        self.fc = nn.Linear(4, 3)

    def forward(self, x: Tensor) -> Tensor:
        logits: Tensor = self.fc(self.conv(x).relu().mean([2, 3]))
        return logits


def test_the_shape_is_found_by_trying(tmp_path: Path) -> None:
    class Digits(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.conv = nn.Conv2d(1, 4, 3)
            self.fc = nn.Linear(4 * 26 * 26, 3)

        def forward(self, x: Tensor) -> Tensor:
            logits: Tensor = self.fc(self.conv(x).flatten(1))
            return logits

    model = load_model(save_script(settled(Digits()), tmp_path / "a.pt"), None, InputSpec())
    assert model.input.shape == (1, 28, 28)
    assert any("28×28 was tried" in text for text in model.warnings)


def test_the_shape_is_read_from_the_trace(tmp_path: Path) -> None:
    path = save_trace(settled(Pooled()), tmp_path / "a.pt", torch.rand(2, 1, 21, 17))
    assert load_model(path, None, InputSpec()).input.shape == (1, 21, 17)
    path = save_trace(settled(nn.Linear(12, 3)), tmp_path / "b.pt", torch.rand(2, 12))
    model = load_model(path, None, InputSpec())
    assert model.input.shape == (3, 2, 2)
    assert model(torch.rand(5, 3, 2, 2)).shape == (5, 3)


def test_flat_scripted_input(tmp_path: Path) -> None:
    net = settled(nn.Sequential(nn.Linear(12, 8), nn.ReLU(), nn.Linear(8, 3)))
    model = load_model(save_script(net, tmp_path / "a.pt"), None, InputSpec(shape=(3, 2, 2)))
    x = torch.rand(4, 3, 2, 2)
    torch.testing.assert_close(model(x), net(x.flatten(1)))


def test_an_impossible_shape_names_the_field(tmp_path: Path) -> None:
    path = save_script(settled(nn.Sequential(nn.Flatten(), nn.Linear(77, 3))), tmp_path / "a.pt")
    with pytest.raises(ModelRejected) as caught:
        load_model(path, None, InputSpec())
    assert caught.value.errors is not None
    assert caught.value.errors[0].pointer == "/input/shape"


def test_two_inputs_and_regression_are_refused(tmp_path: Path) -> None:
    class Two(nn.Module):
        def forward(self, x: Tensor, y: Tensor) -> Tensor:
            return x.flatten(1) + y

    with pytest.raises(ModelRejected, match="second input"):
        load_model(save_script(Two(), tmp_path / "a.pt"), None, InputSpec(shape=(3, 2, 2)))
    with pytest.raises(NotAClassifier):
        load_model(save_script(nn.Conv2d(3, 3, 1), tmp_path / "b.pt"), None, InputSpec(shape=(3, 4, 4)))

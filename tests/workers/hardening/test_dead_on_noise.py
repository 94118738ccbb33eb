"""Small ReLU nets of verification contests: dead on noise, alive on pictures; attacked by gradients, and hardened."""

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from openapi.attacks import Pgd
from openapi.hardening_options import HardenOptions
from openapi.models import InputSpec
from tests.tools.taught import pictures
from tests.workers.models.nets import save_script, save_trace
from workers.attacks.engine.suite import run_attack
from workers.hardening.data import TrainingSet
from workers.hardening.training import Hardener
from workers.models.inspection import inspect_audited
from workers.models.load import load_model

pytestmark = pytest.mark.slow

SHAPE = (1, 28, 28)
#: Side of the corners that are black behind a garment: no unit is alive where they are bright.
CORNERS = 2


def _alive_on_garments(hidden: nn.Module) -> None:
    weight = torch.zeros(SHAPE)
    weight[:, :CORNERS, :CORNERS] = weight[:, :CORNERS, -CORNERS:] = -100 / CORNERS**2
    with torch.no_grad():
        if isinstance(hidden, nn.Linear):
            hidden.weight += weight.flatten()


class Dense(nn.Sequential):
    """784-24-5, as the contests' MNIST nets are, but for their size."""

    def __init__(self) -> None:
        super().__init__(nn.Flatten(), nn.Linear(784, 24), nn.ReLU(), nn.Linear(24, 5))


class Deeper(nn.Sequential):
    """Behind a convolution, and with a second layer of units."""

    def __init__(self) -> None:
        first = nn.Conv2d(1, 1, 1)
        super().__init__(first, nn.Flatten(), nn.Linear(784, 16), nn.ReLU(), nn.Linear(16, 16), nn.ReLU())
        self.append(nn.Linear(16, 5))
        nn.init.ones_(first.weight)
        nn.init.zeros_(first.bias) if first.bias is not None else None


def _learned(kind: type[nn.Sequential]) -> nn.Sequential:
    torch.manual_seed(0)
    net = kind()
    x, y = pictures(640, SHAPE, "train")
    optimiser = torch.optim.Adam(net.parameters(), lr=2e-3)
    for step in range(100):
        rows = slice(step % 10 * 64, step % 10 * 64 + 64)
        optimiser.zero_grad()
        F.cross_entropy(net(x[rows]), y[rows]).backward()
        optimiser.step()
    _alive_on_garments(next(layer for layer in net if isinstance(layer, nn.Linear)))
    return net.eval()


def _onnx(net: nn.Module, path: Path, x: Tensor) -> Path:
    torch.onnx.export(net, (x,), path, dynamo=False, opset_version=17, input_names=["x"], dynamic_axes={"x": {0: "n"}})
    return path


WAYS: dict[str, Callable[[nn.Module, Path, Tensor], Path]] = {
    "script": lambda net, path, x: save_script(net, path),
    "trace": save_trace,
    "onnx": _onnx,
}


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("how", WAYS)
@pytest.mark.parametrize("kind", [Dense, Deeper])
def test_gradients_attack_it_and_train_it(kind: type[nn.Sequential], how: str, tmp_path: Path) -> None:
    net = _learned(kind)
    x, y = pictures(64, SHAPE)
    path = WAYS[how](net, tmp_path / "model", x[:2])
    model = load_model(path, None, InputSpec(shape=SHAPE))
    found = inspect_audited(model, path)
    assert found.differentiable
    assert found.trainable
    assert any("zero at" in said and "of 14 probe images" in said for said in found.warnings)

    run = run_attack(model, Pgd(eps=0.1, steps=10), x, y, torch.arange(len(x)))
    assert int(run.correct.sum()) >= 28, "alive on garments"
    assert int(run.success.sum()) >= 15, "and fooled by its gradient"

    options = {"method": "pat", "epochs": 3, "batch_size": 16, "steps": 2, "eps": 0.005, "pairs": 8}
    seen, labels = pictures(128, SHAPE, "train")
    options |= {"optimizer": "adam", "lr": 1e-3, "warmup": 0}
    pixels = (seen * 255).byte().numpy()
    with torch.no_grad():
        before = float(F.cross_entropy(model(seen), labels))
    Hardener(model, TrainingSet(pixels, labels.numpy()), HardenOptions.model_validate(options), seed=0).run()
    with torch.no_grad():
        assert float(F.cross_entropy(model(seen), labels)) < before

"""TorchScript files that are frozen, in half or double precision, or quantised."""

import copy
import warnings
from pathlib import Path

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from openapi.models import InputSpec
from tests.workers.models.nets import ConvNet, gradient, relative, save_script, settled
from workers.models.agreement import agreement
from workers.models.inspection import inspect_audited
from workers.models.load import load_model


def test_half_precision_is_computed_in_float32(tmp_path: Path) -> None:
    net = settled(ConvNet())
    path = save_script(net.half(), tmp_path / "a.pt")
    model = load_model(path, None, InputSpec(shape=(3, 14, 14)))
    x = torch.rand(2, 3, 14, 14)
    assert model(x).dtype == torch.float32
    assert relative(model(x), net.float()(x)) < 1e-5
    assert any("float16" in text for text in model.warnings)


def test_double_precision(tmp_path: Path) -> None:
    net = settled(ConvNet()).double()
    model = load_model(save_script(net, tmp_path / "a.pt"), None, InputSpec(shape=(3, 14, 14)))
    x = torch.rand(2, 3, 14, 14)
    assert relative(model(x), net(x.double()).float()) < 1e-6


def test_frozen(tmp_path: Path) -> None:
    net = settled(ConvNet())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        script = torch.jit.freeze(torch.jit.script(net))
        torch.jit.save(script, str(tmp_path / "a.pt"))
    model = load_model(tmp_path / "a.pt", None, InputSpec(shape=(3, 14, 14)))
    x = torch.rand(3, 3, 14, 14)
    assert relative(model(x), net(x)) < 1e-5
    assert relative(gradient(model, x), gradient(net, x)) < 1e-3
    assert not model.trainable
    assert any("frozen" in text for text in model.warnings)
    assert [layer.kind for layer in model.layers] == ["conv"] * 3 + ["linear"] * 2


def test_frozen_half_precision_is_compared_in_half_precision(tmp_path: Path) -> None:
    net = settled(ConvNet())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.jit.save(torch.jit.freeze(torch.jit.script(copy.deepcopy(net).half())), str(tmp_path / "a.pt"))
    model = load_model(tmp_path / "a.pt", None, InputSpec(shape=(3, 14, 14)))
    x = torch.rand(2, 3, 14, 14)
    assert relative(model(x), net(x)) < 2e-3
    assert not model.trainable
    assert any("float16" in text for text in model.warnings)
    assert agreement(model, tmp_path / "a.pt")["relative"] < 1e-2


@pytest.mark.slow
def test_dynamically_quantised_layers(tmp_path: Path) -> None:
    """The scripted layer holds a branch for weights in half precision, which is not taken."""
    from torch.ao import quantization

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        net = quantization.quantize_dynamic(settled(ConvNet()), {nn.Linear}, dtype=torch.qint8)
        path = save_script(net, tmp_path / "a.pt")
    model = load_model(path, None, InputSpec(shape=(3, 14, 14)))
    x = torch.rand(8, 3, 14, 14)
    assert relative(model(x), net(x)) < 0.03
    found = inspect_audited(model, path)
    assert found.differentiable
    assert bool(gradient(model, x).any())
    assert not model.trainable
    assert any("straight-through" in text for text in model.warnings)


@pytest.mark.slow
def test_quantised_files_follow_their_predictions_and_pass_the_gradient_through(tmp_path: Path) -> None:
    from torch.ao import quantization

    class Net(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.quant, self.dequant = quantization.QuantStub(), quantization.DeQuantStub()
            self.conv, self.bn, self.relu = nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8), nn.ReLU()
            self.conv2 = nn.Conv2d(8, 8, 3, padding=1)
            self.fc = nn.Linear(8, 4)
            self.plus = torch.ao.nn.quantized.FloatFunctional()

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            x = self.relu(self.bn(self.conv(self.quant(x))))
            x = F.max_pool2d(self.plus.add(self.conv2(x), x), 2)
            logits: torch.Tensor = self.dequant(self.fc(x.mean([2, 3])))
            return logits

    net = settled(Net())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        net.qconfig = quantization.get_default_qconfig("x86")
        prepared = quantization.prepare(quantization.fuse_modules(net, [["conv", "bn", "relu"]]))
        prepared(torch.rand(16, 3, 12, 12))
        float_net = copy.deepcopy(prepared)
        converted = quantization.convert(prepared)
    path = save_script(converted, tmp_path / "a.pt")
    model = load_model(path, None, InputSpec(shape=(3, 12, 12)))
    x = torch.rand(32, 3, 12, 12)
    with torch.no_grad():
        expected = converted(x)
        assert relative(model(x), expected) < 0.03
    assert float((model(x).argmax(1) == expected.argmax(1)).float().mean()) > 0.9
    # the gradient is that of the net as it was before it was quantised, nearly
    assert F.cosine_similarity(gradient(model, x).flatten(), gradient(float_net, x).flatten(), dim=0) > 0.9
    assert not model.trainable
    assert [layer.kind for layer in model.layers] == ["conv", "conv", "linear"]
    assert any("quantised" in text for text in model.warnings)

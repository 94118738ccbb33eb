"""Models written as TorchScript, ONNX, .pt2 and safetensors: they load elsewhere and agree."""

import copy
import re
import subprocess
import sys
import textwrap
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest
import torch
from safetensors.torch import load_file
from torch import nn
from torch.nn import functional as F

from openapi.models import InputSpec
from openapi.problems import JobFailed
from tests.workers.models.nets import ConvNet, relative, save_script, settled
from workers.models import export
from workers.models.audited import AuditedModel
from workers.models.export import write_onnx, write_pt2, write_safetensors, write_torchscript
from workers.models.from_module import audit_module
from workers.models.load import load_model
from workers.models.scripted import scripted

pytestmark = pytest.mark.slow

SPEC = InputSpec(shape=(3, 14, 14), mean=(0.4, 0.5, 0.6), std=(0.2, 0.3, 0.4))


@pytest.fixture(scope="module")
def net() -> ConvNet:
    return settled(ConvNet())


@pytest.fixture
def model(net: ConvNet, tmp_path: Path) -> AuditedModel:
    """A file's model after a change, as hardening makes one."""
    model = load_model(save_script(net, tmp_path / "uploaded.pt"), None, SPEC)
    with torch.no_grad():
        for parameter in model.trainable_parameters().values():
            parameter.mul_(0.9)
    return model


def raw(model: AuditedModel, images: int) -> torch.Tensor:
    assert model.input.shape is not None
    found: torch.Tensor = model.transform(torch.rand(images, *model.input.shape)).detach()
    return found


def test_torchscript_runs_in_a_process_without_our_code(model: AuditedModel, tmp_path: Path) -> None:
    path = tmp_path / "out.pt"
    write_torchscript(model, path)
    np.save(tmp_path / "x.npy", raw(model, 5).numpy())
    program = f"""
        import sys, warnings
        warnings.simplefilter("ignore")
        import numpy, torch
        assert not any(name.startswith("workers") for name in sys.modules)
        x = torch.from_numpy(numpy.load({str(tmp_path / "x.npy")!r}))
        numpy.save({str(tmp_path / "y.npy")!r}, torch.jit.load({str(path)!r})(x).detach())
    """
    subprocess.run([sys.executable, "-I", "-c", textwrap.dedent(program)], check=True, cwd=tmp_path)
    found = torch.from_numpy(np.load(tmp_path / "y.npy"))
    expected = model.graph(torch.from_numpy(np.load(tmp_path / "x.npy")))
    assert relative(found, expected) < 1e-5


def test_equal_models_are_equal_torchscript_whatever_was_compiled_before(model: AuditedModel, tmp_path: Path) -> None:
    """Their sources are named by their content, also where other sources of the same process have been read."""
    write_torchscript(model, tmp_path / "one.pt")
    other = copy.deepcopy(model)
    for _ in range(3):
        other.graph.recompile()
    small = audit_module(nn.Sequential(nn.Flatten(), nn.Linear(3 * 14 * 14, 2)).eval(), SPEC)
    write_torchscript(small, tmp_path / "small.pt")
    write_torchscript(other, tmp_path / "two.pt")
    one, two = (zipfile.ZipFile(tmp_path / f"{name}.pt") for name in ("one", "two"))

    def told(file: zipfile.ZipFile) -> dict[str, bytes]:
        """By the name without that of the archive; torch counts the classes that one process has compiled."""
        found = {re.sub(r"^[^/]*/|_mangle_\d+", "", name): file.read(name) for name in file.namelist()}
        return {
            name: re.sub(rb"_mangle_\d+", b"", content)
            for name, content in found.items()
            if "serialization_id" not in name
        }

    assert told(one) == told(two)


def test_torchscript_takes_what_the_upload_took(net: ConvNet, model: AuditedModel, tmp_path: Path) -> None:
    write_torchscript(model, tmp_path / "out.pt")
    again = load_model(tmp_path / "out.pt", None, SPEC)
    x = torch.rand(3, 3, 14, 14)
    assert relative(again(x), model(x)) < 1e-5
    assert list(again.trainable_parameters()) == list(model.trainable_parameters())
    assert [layer.name for layer in again.layers] == [layer.name for layer in model.layers]


@pytest.mark.parametrize("images", [1, 4])
def test_onnx_in_onnxruntime(model: AuditedModel, tmp_path: Path, images: int) -> None:
    write_onnx(model, tmp_path / "out.onnx")
    session = onnxruntime.InferenceSession(str(tmp_path / "out.onnx"), providers=["CPUExecutionProvider"])
    x = raw(model, images)
    (found,) = session.run(["logits"], {"input": x.numpy()})
    assert relative(torch.from_numpy(found), model.graph(x)) < 1e-5


def test_safetensors_have_the_files_names(net: ConvNet, model: AuditedModel, tmp_path: Path) -> None:
    write_safetensors(model, tmp_path / "out.safetensors")
    found = load_file(tmp_path / "out.safetensors")
    own = {name: value for name, value in net.state_dict().items() if not name.endswith("num_batches_tracked")}
    assert set(found) == set(own)
    torch.testing.assert_close(found["conv2.weight"], own["conv2.weight"] * 0.9)
    missing = ConvNet().load_state_dict(found, strict=False)
    assert not missing.unexpected_keys


class Flat(nn.Module):
    """A size computed from the batch, as ViT's patches have."""

    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(4, 3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        n = x.shape[0]
        tokens = x.reshape(n * 3, 4)
        logits: torch.Tensor = self.fc(tokens).reshape(n, 3, 3).mean(1)
        return logits


@pytest.mark.parametrize("write", [write_onnx, write_torchscript, write_pt2])
def test_batch_arithmetic_stays_free(write: Callable[..., Any], tmp_path: Path) -> None:
    model = audit_module(settled(Flat()), InputSpec(shape=(3, 2, 2)))
    write(model, tmp_path / "out")
    again = load_model(tmp_path / "out", None, InputSpec(shape=(3, 2, 2)))
    x = torch.rand(7, 3, 2, 2)
    assert relative(again(x), model(x)) < 1e-5


def test_a_program_that_differs_is_not_handed_out(
    model: AuditedModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "scripted", lambda graph: scripted(copy.deepcopy(graph).apply(_halve)))
    with pytest.raises(JobFailed, match="TorchScript"):
        write_torchscript(model, tmp_path / "out.pt")


class Positions(nn.Module):
    """A learned table of relative positions, read at a table of indices (Swin), and a pooling that pads with -inf."""

    index: torch.Tensor

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3, stride=2, padding=1)
        self.table = nn.Parameter(torch.zeros(7, 4))
        self.register_buffer("index", torch.arange(16) % 7)
        self.fc = nn.Linear(8, 5)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = F.max_pool2d(F.pad(self.conv(x), (1, 0, 1, 0), value=float("-inf")), 2)
        bias = self.table[self.index].view(4, 4, 4).sum(2)
        logits: torch.Tensor = self.fc((x * bias[: x.shape[2], : x.shape[3]]).mean((2, 3)))
        return logits


@pytest.mark.parametrize("write", [write_onnx, write_torchscript, write_pt2])
def test_tensors_as_indices_and_infinite_constants(write: Callable[..., Any], tmp_path: Path) -> None:
    model = audit_module(settled(Positions()), InputSpec(shape=(3, 12, 12)))
    write(model, tmp_path / "out")
    again = load_model(tmp_path / "out", None, InputSpec(shape=(3, 12, 12)))
    x = torch.rand(5, 3, 12, 12)
    assert relative(again(x), model(x)) < 1e-5
    kept = set(model.trainable_parameters()) - ({"table"} if write is write_onnx else set())  # read ahead of time there
    assert kept <= set(again.trainable_parameters())


class Numbered(nn.Module):
    """Weights that are called what the default exporter calls its intermediate values."""

    def __init__(self) -> None:
        super().__init__()
        for i in range(24):
            self.register_parameter(f"val_{i}", nn.Parameter(torch.zeros(12, 12)))
        self.head = nn.Linear(12, 4)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = x.flatten(1)
        for weight in list(self.parameters())[:24]:
            x = x + F.gelu(F.linear(x, weight)) * x.shape[1] ** -0.5
        logits: torch.Tensor = self.head(x)
        return logits


def test_names_that_an_exporter_invents_are_written_again(tmp_path: Path) -> None:
    model = audit_module(settled(Numbered()), InputSpec(shape=(3, 2, 2)))
    assert any(name.startswith("val_") for name in model.trainable_parameters())
    x = torch.rand(5, 3, 2, 2)
    write_onnx(model, tmp_path / "out")
    again = load_model(tmp_path / "out", None, InputSpec())
    assert relative(again(x), model(x)) < 1e-5
    assert set(again.trainable_parameters()) == set(model.trainable_parameters())


def _halve(module: nn.Module) -> None:
    for parameter in module.parameters(recurse=False):
        parameter.data.mul_(0.5)


def test_nhwc_is_kept(tmp_path: Path) -> None:
    class Last(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.conv = nn.Conv2d(3, 4, 3)
            self.fc = nn.Linear(4, 3)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            logits: torch.Tensor = self.fc(self.conv(x.permute(0, 3, 1, 2)).relu().mean((2, 3)))
            return logits

    model = audit_module(settled(Last()), InputSpec(shape=(3, 6, 5), layout="NHWC"))
    write_torchscript(model, tmp_path / "out.pt")
    again = load_model(tmp_path / "out.pt", None, InputSpec())
    assert (again.input.shape, again.input.layout) == ((3, 6, 5), "NHWC")
    x = torch.rand(2, 3, 6, 5)
    assert relative(again(x), model(x)) < 1e-5


@pytest.mark.parametrize("pad", [nn.ZeroPad2d(1), lambda x: F.pad(x, (1, 1, 1, 1))])
def test_zeros_padded_ahead_of_a_max_pool_stay_zeros_in_onnxruntime(
    tmp_path: Path, pad: Callable[[torch.Tensor], torch.Tensor]
) -> None:
    """It would take them for the pool's own padding, -inf; all that is pooled here is below zero."""

    class Padded(ConvNet):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            logits: torch.Tensor = super().forward(x)
            return logits + F.max_pool2d(pad(-1 - x), 3, 2).flatten(1)[:, :5] * 3

    net = settled(Padded())
    model = audit_module(net, InputSpec(shape=(3, 14, 14)))
    write_onnx(model, tmp_path / "out.onnx")
    session = onnxruntime.InferenceSession(str(tmp_path / "out.onnx"), providers=["CPUExecutionProvider"])
    x = torch.rand(2, 3, 14, 14)
    assert relative(torch.from_numpy(session.run(None, {"input": x.numpy()})[0]), net(x).detach()) < 1e-5


@pytest.mark.parametrize("masked", [None, 2, 3, 5])
@pytest.mark.parametrize("windows", [(), (1, 2), (2,)])
def test_attention_with_any_number_of_axes_is_written_as_onnx(
    tmp_path: Path, windows: tuple[int, ...], masked: int | None
) -> None:
    """Windows between images and heads (Hiera, Nest, Twins), or no heads; a mask of few axes or of all."""

    class Windows(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.qkv = nn.Linear(3, 24)
            self.fc = nn.Linear(8, 5)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            n = x.shape[0]
            tokens = self.qkv(x.flatten(2).transpose(1, 2))
            heads = (2,) if windows else ()
            shape = (n, *windows, *heads, -1, 24 // (heads or (1,))[0])
            q, k, v = tokens.reshape(shape).chunk(3, -1)
            mask = None
            if masked is not None:
                length = q.shape[-2]
                mask = torch.linspace(-1, 1, length**2).reshape(length, length)
                mask = mask.expand(*(1,) * (min(masked, q.dim()) - 2), length, length)
            y = F.scaled_dot_product_attention(q, k, v, mask)
            logits: torch.Tensor = self.fc(y.reshape(n, -1, 8).mean(1))
            return logits

    net = settled(Windows())
    model = audit_module(net, InputSpec(shape=(3, 4, 4)))
    write_onnx(model, tmp_path / "out.onnx")
    session = onnxruntime.InferenceSession(str(tmp_path / "out.onnx"), providers=["CPUExecutionProvider"])
    x = torch.rand(3, 3, 4, 4)
    assert relative(torch.from_numpy(session.run(None, {"input": x.numpy()})[0]), net(x).detach()) < 1e-5

"""Programs that write in place: into slices, views, their own buffers and attributes, and into the image itself."""

from pathlib import Path
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from openapi.models import InputSpec
from tests.workers.models.nets import gradient, relative, save_script, save_trace, settled
from workers.models.export import write_onnx, write_pt2, write_torchscript
from workers.models.load import load_model

pytestmark = pytest.mark.slow


class _Net(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 6, 3)
        self.fc = nn.Linear(6, 4)

    def tail(self, x: Tensor) -> Tensor:
        found: Tensor = self.fc(F.silu(self.conv(x)).mean([2, 3]))
        return found


class Normalises(_Net):
    """A slice of the image itself is assigned to, channel by channel."""

    def forward(self, x: Tensor) -> Tensor:
        x[:, 0] = (x[:, 0] - 0.4) / 0.2
        x[:, 1] = (x[:, 1] - 0.5) / 0.3
        return self.tail(x)


class PadsAndSwaps(_Net):
    """Zero padding and BGR by assignment."""

    def forward(self, x: Tensor) -> Tensor:
        y = torch.zeros(x.size(0), 3, 12, 12)
        y[:, :, 2:10, 2:10] = x
        z = torch.empty_like(y)
        z[:, 0] = y[:, 2]
        z[:, 1] = y[:, 1]
        z[:, 2] = y[:, 0]
        return self.tail(z)


class Copies(_Net):
    """``copy_`` of a whole, of what broadcasts, and of a transposed tensor that is viewed afterwards."""

    def forward(self, x: Tensor) -> Tensor:
        y = torch.zeros_like(x)
        y.copy_(x * 2)
        z = torch.zeros_like(x)
        z.copy_(x.mean([2, 3], keepdim=True))
        w = torch.empty_like(x)
        w.copy_(x.transpose(2, 3))
        return self.tail((y + z + w).view(x.size(0), 3, 8, 8))


class AddsToParts(_Net):
    """``+=`` on slices and on views of views; what is read later sees it."""

    def forward(self, x: Tensor) -> Tensor:
        h = F.silu(self.conv(x))
        h[:, 1:3] += h[:, 3:5]
        h[:, :, 0] *= 2
        v = h.view(h.size(0), 6, -1)
        v[:, 2][:, 1:3] += 1.0
        h.transpose(1, 2)[:, 0].mul_(0.5)
        h[:, 4].fill_(0.5)
        h[..., -1].clamp_(max=0.3)
        logits: Tensor = self.fc(h.mean([2, 3]))
        return logits


class WritesParts(_Net):
    """Steps, ends, negative positions; what is read later sees the writes, by the slice and by the whole."""

    def forward(self, x: Tensor) -> Tensor:
        h = F.silu(self.conv(x))
        part = h[:, 1::2]
        before = part.mean()
        part[:, -1, 1:-1] += before * h[:, 0, 1:-1].clone()
        part[:, 0] = part[:, 1] * 2
        h.select(1, -2).mul_(3.0)
        h[:, 2:4, ..., 1] = 0.25
        y = torch.zeros(x.size(0), 6, dtype=torch.float64)
        y[:, :3] = h[:, 3:].mean([2, 3])
        y[:, 4] += h[:, 0].mean([1, 2])
        h[:, 5] += y[:, 4, None, None]
        h += y[:, :, None, None] / 3
        logits: Tensor = self.fc(h.mean([2, 3]) + y.float())
        return logits


class ReadsAViewOfAView(_Net):
    """The whole is written into after a view of a view of it was made, and the view is read."""

    def forward(self, x: Tensor) -> Tensor:
        h = F.silu(self.conv(x))
        v = h.flatten(2).transpose(1, 2)
        w = h[:, 2:]
        h.mul_(2.0)
        h[:, 0] += 1.0
        w[:, 1] = 0.5
        logits: Tensor = self.fc(v.square().mean(1))
        return logits


class PutsByIndex(_Net):
    def forward(self, x: Tensor) -> Tensor:
        h = F.silu(self.conv(x))
        i = torch.tensor([0, 2])
        h[:, i] = h[:, i] * 3
        h[h < -0.1] = 0.0
        logits: Tensor = self.fc(h.mean([2, 3]))
        return logits


class FillsByLoop(_Net):
    def forward(self, x: Tensor) -> Tensor:
        h = F.silu(self.conv(x)).mean([2, 3])
        y = torch.zeros(x.size(0), 6)
        for i in range(5):
            y[:, i] = h[:, i] + h[:, i + 1]
        logits: Tensor = self.fc(y)
        return logits


class WritesIntoABuffer(_Net):
    """State that outlives the call in torch; here each call is the first."""

    scale: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("scale", torch.zeros(6))

    def forward(self, x: Tensor) -> Tensor:
        self.scale.copy_(torch.ones(6))
        self.scale[1] += 2
        logits: Tensor = self.fc(F.silu(self.conv(x)).mean([2, 3]) * self.scale)
        return logits


def _save(net: nn.Module, how: str, folder: Path) -> Path:
    x = torch.rand(2, 3, 8, 8)
    if how == "script":
        return save_script(net, folder / "a.pt")
    if how == "trace":
        return save_trace(net, folder / "a.pt", x[:1].clone())
    exported = torch.export.export(net, (x.clone(),), dynamic_shapes=({0: torch.export.Dim("batch")},))
    torch.export.save(exported, folder / "a.pt2")
    return folder / "a.pt2"


NETS = [
    Normalises,
    PadsAndSwaps,
    Copies,
    AddsToParts,
    WritesParts,
    ReadsAViewOfAView,
    PutsByIndex,
    FillsByLoop,
    WritesIntoABuffer,
]


@pytest.mark.filterwarnings("ignore::torch.jit.TracerWarning")
@pytest.mark.parametrize("how", ["script", "trace", "pt2"])
@pytest.mark.parametrize("kind", NETS)
def test_writes_in_place(kind: type[Any], how: str, tmp_path: Path) -> None:
    net = settled(kind())
    model = load_model(_save(net, how, tmp_path), None, InputSpec(shape=(3, 8, 8)))
    for images in (1, 3):
        x = torch.rand(images, 3, 8, 8)
        kept = x.clone()
        expected = net(x.clone())
        for _ in range(2):  # what a call writes is gone at its end
            assert relative(model(x), expected) < 1e-5
        assert torch.equal(x, kept), "the image itself is left alone"
        assert relative(gradient(model, x), gradient(lambda z: net(z.clone()), x)) < 1e-3
    model.unfreeze()
    model(x).square().sum().backward()
    for name in ("conv.weight", "conv.bias", "fc.weight", "fc.bias"):
        slope = dict(model.graph.named_parameters())[name].grad
        assert slope is not None
        assert bool(torch.isfinite(slope).all())
        assert bool(slope.any())


@pytest.mark.parametrize("kind", [PadsAndSwaps, AddsToParts])
def test_what_was_written_in_place_is_written_back(kind: type[Any], tmp_path: Path) -> None:
    model = load_model(_save(settled(kind()), "script", tmp_path), None, InputSpec(shape=(3, 8, 8)))
    write_torchscript(model, tmp_path / "b.pt")
    write_pt2(model, tmp_path / "b.pt2")
    write_onnx(model, tmp_path / "b.onnx")


class NormsBehindAnAssignment(nn.Module):
    """Functionalising the whole program decomposes its batch norm as well."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 6, 3)
        self.norm = nn.BatchNorm2d(6)
        self.fc = nn.Linear(6, 4)

    def forward(self, x: Tensor) -> Tensor:
        y = torch.zeros(x.size(0), 3, 8, 8)
        y[:, :, 1:7, 1:7] = x[:, :, 1:7, 1:7]
        found: Tensor = self.fc(self.norm(self.conv(y)).mean([2, 3]))
        return found


@pytest.mark.parametrize("decomposed", [False, True])
def test_a_decomposed_batch_norm_is_read_trained_and_written(tmp_path: Path, decomposed: bool) -> None:
    net, x = settled(NormsBehindAnAssignment()), torch.rand(3, 3, 8, 8)
    program = torch.export.export(net, (x,), dynamic_shapes=({0: torch.export.Dim("n")},))
    program = program.run_decompositions({}) if decomposed else program
    torch.export.save(program, tmp_path / "net.pt2")
    model = load_model(tmp_path / "net.pt2", None, InputSpec(shape=(3, 8, 8)))
    assert relative(model(x), net(x)) < 1e-5
    assert relative(gradient(model, x), gradient(net, x)) < 1e-4
    model.set_batch_norm(True)
    assert relative(model(x), net.train()(x)) < 1e-5
    model.set_batch_norm(False)
    net.eval()  # both have moved their running statistics by now
    for write in (write_torchscript, write_pt2, write_onnx):
        write(model, tmp_path / write.__name__)
        again = load_model(tmp_path / write.__name__, None, InputSpec(shape=(3, 8, 8)))
        assert relative(again(x), net(x)) < 1e-5


@pytest.mark.parametrize("kind", [Normalises, WritesParts, FillsByLoop])
def test_writes_into_parts_need_no_second_tracing(
    kind: type[Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object, **__: object) -> None:
        raise AssertionError("the whole program is traced anew")

    path = _save(settled(kind()), "script", tmp_path)
    monkeypatch.setattr(torch.export.ExportedProgram, "run_decompositions", refused)
    load_model(path, None, InputSpec(shape=(3, 8, 8)))

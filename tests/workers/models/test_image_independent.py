"""What is the same for every image: sizes and the arithmetic on them, constants that a script asks for, settings."""

import math
from pathlib import Path
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

import workers.models.vision_ops  # noqa: F401  - torchvision, which a CPU build of torch refuses otherwise
from openapi.models import InputSpec
from openapi.problems import ModelRejected, UnsupportedOperator
from tests.workers.models.nets import agrees, gradient, relative, save_script, save_trace, settled
from workers.models.inspection import inspect_audited
from workers.models.load import load_model
from workers.models.torchscript.operators import is_arithmetic

pytestmark = pytest.mark.slow

SHAPE = (3, 16, 16)


class _Net(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 4, 4)
        self.fc = nn.Linear(8, 5)

    def tail(self, x: Tensor) -> Tensor:
        found: Tensor = self.fc(F.silu(self.conv(x)).mean([2, 3]))
        return found


class SizesInPlace(_Net):
    """``B *= 4``, ``H //= 2``: in a trace these are operators that write into a number."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.conv(x)
        B, C, H, W = x.shape
        H //= 2
        W -= 2
        B *= H * W
        y = x.view(-1, C, 2, H, 2, W).permute(0, 3, 5, 1, 2, 4).reshape(B, C, 4).mean(2)
        B //= 4
        logits: torch.Tensor = self.fc(y.view(B, 4, C).mean(1))
        return logits


class SizesInTensors(_Net):
    """Max, Clip, Where and Sqrt on sizes."""

    def forward(self, x: Tensor) -> Tensor:
        h = F.silu(self.conv(x))
        sizes = torch.tensor([h.shape[2], h.shape[3]])
        side = torch.clamp(torch.max(sizes[0], sizes[1]), min=2, max=7)
        side = torch.where(side > 2, side, torch.sqrt(side.float()).to(torch.int64))
        pad = max((math.ceil(x.shape[2] / 5) - 1) * 5 + 5 - x.shape[2], 0)
        logits: Tensor = self.fc(F.interpolate(F.pad(h, [pad, 0, 0, pad]), size=[int(side), int(side)]).mean([2, 3]))
        return logits


class AsksItsConstants(_Net):
    scale: Tensor
    std: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("scale", torch.tensor([3.0]))
        self.register_buffer("std", torch.tensor([0.1, 0.2, 0.3]))

    def forward(self, x: Tensor) -> Tensor:
        if (self.std == 0).any():
            raise ValueError("a division by zero")
        if bool(self.std.max() > 1.0):
            x = x / 255
        counts = torch.zeros(2)
        counts[1] += 2
        if int(counts.sum()) == 2:
            x = x / self.std[:, None, None]
        return self.tail(x * float(self.scale.item()))


class Standardises(nn.Module):
    """A batch norm in training mode over a weight, as NFNet and BiT have it."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(8, 3, 3, 3))
        self.fc = nn.Linear(8, 5)

    def forward(self, x: Tensor) -> Tensor:
        w = F.batch_norm(self.weight.reshape(1, 8, -1), None, None, training=True, momentum=0.0, eps=1e-6)
        logits: Tensor = self.fc(F.silu(F.conv2d(x, w.reshape_as(self.weight))).mean([2, 3]))
        return logits


@pytest.mark.parametrize("kind", [SizesInPlace, SizesInTensors, AsksItsConstants, Standardises])
@pytest.mark.parametrize("how", ["script", "trace"])
@pytest.mark.filterwarnings("ignore::torch.jit.TracerWarning")
def test_what_every_image_shares_is_computed_while_translating(kind: type[Any], how: str, tmp_path: Path) -> None:
    net = settled(kind())
    if kind is SizesInPlace and how == "script":
        with pytest.raises(Exception, match="augmented assignment"):  # torch has no such statement
            torch.jit.script(net)
        return
    path = tmp_path / "a.pt"
    save_script(net, path) if how == "script" else save_trace(net, path, torch.rand(1, *SHAPE))
    model = agrees(path, SHAPE)
    assert set(model.trainable_parameters()) == set(dict(net.named_parameters()))


def test_what_the_image_was_written_into_is_known_no_more(tmp_path: Path) -> None:
    class Mixes(_Net):
        def forward(self, x: Tensor) -> Tensor:
            counts = torch.zeros(2)
            part = counts[1:]
            part[0] = x.sum()
            if bool(counts.sum() > 0):
                x = x * 2
            return self.tail(x)

    with pytest.raises(ModelRejected, match="content of a tensor"):
        load_model(save_script(settled(Mixes()), tmp_path / "a.pt"), None, InputSpec(shape=SHAPE))


def _transforms(which: str) -> nn.Module:
    from torchvision import transforms
    from torchvision.transforms import v2

    mean, std = [0.5, 0.4, 0.3], [0.25, 0.2, 0.3]
    if which == "v1":
        return nn.Sequential(transforms.CenterCrop(16), transforms.Normalize(mean, std))
    return nn.Sequential(v2.Resize(20, antialias=True), v2.CenterCrop(16), v2.Normalize(mean, std))


@pytest.mark.parametrize("which", ["v1", "v2"])
def test_scripted_transforms_of_torchvision(which: str, tmp_path: Path) -> None:
    class Whole(_Net):
        def __init__(self) -> None:
            super().__init__()
            self.pre = _transforms(which)

        def forward(self, x: Tensor) -> Tensor:
            return self.tail(self.pre(x))

    agrees(save_script(settled(Whole()), tmp_path / "a.pt"), (3, 24, 18))


@pytest.mark.parametrize("kind", ["LSTM", "GRU", "RNN"])
@pytest.mark.parametrize("how", ["script", "trace", "pt2"])
@pytest.mark.filterwarnings("ignore:The tensor attributes")
def test_recurrent_layers(kind: str, how: str, tmp_path: Path) -> None:
    class Recurrent(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.rnn = getattr(nn, kind)(24, 8, num_layers=2, batch_first=True, bidirectional=True)
            self.fc = nn.Linear(16, 5)

        def forward(self, x: Tensor) -> Tensor:
            logits: Tensor = self.fc(self.rnn(x.permute(0, 2, 1, 3).flatten(2))[0].mean(1))
            return logits

    net = settled(Recurrent())
    x = torch.rand(2, 3, 6, 8)
    if how == "pt2":
        exported = torch.export.export(net, (x,), dynamic_shapes=({0: torch.export.Dim("batch")},))
        torch.export.save(exported, tmp_path / "a.pt2")
        model = load_model(tmp_path / "a.pt2", None, InputSpec())
    else:
        path = tmp_path / "a.pt"
        save_script(net, path) if how == "script" else save_trace(net, path, x[:1])
        model = load_model(path, None, InputSpec(shape=(3, 6, 8)))
    y = torch.rand(3, 3, 6, 8)
    assert relative(model(y), net(y)) < 1e-5
    assert relative(gradient(model, y), gradient(net, y)) < 1e-3
    assert set(model.trainable_parameters()) == set(dict(net.named_parameters()))


class OptionalBranch(_Net):
    def __init__(self, debug: bool) -> None:
        super().__init__()
        self.debug: bool = debug

    def forward(self, x: Tensor) -> Tensor:
        if self.debug:
            x = torch.lgamma(x + 1)
        return self.tail(x)


def test_an_unknown_operator_matters_where_it_is_run(tmp_path: Path) -> None:
    agrees(save_script(settled(OptionalBranch(False)), tmp_path / "a.pt"), SHAPE)
    with pytest.raises(UnsupportedOperator) as caught:
        load_model(save_script(settled(OptionalBranch(True)), tmp_path / "b.pt"), None, InputSpec(shape=SHAPE))
    assert caught.value.extra["operator"] == "aten::lgamma"


class OptionalChecks(_Net):
    """Operators told how to compute by a word, and random ones, in a branch that is never taken."""

    def __init__(self) -> None:
        super().__init__()
        self.debug = False

    def forward(self, x: Tensor) -> Tensor:
        logits = self.tail(x)
        if self.debug:
            torch._assert(bool((torch.linalg.svdvals(logits) > 0).all()), "singular")
            spectrum = torch.fft.fft(logits, norm="ortho").real
            logits = logits[torch.multinomial(spectrum.softmax(1), 1).flatten()] + torch.linalg.cond(logits, "fro")
            logits = torch.linalg.matrix_norm(logits, "nuc") + logits
        return logits


def test_a_branch_that_is_never_taken_may_name_operators_with_options(tmp_path: Path) -> None:
    agrees(save_script(settled(OptionalChecks()), tmp_path / "a.pt"), SHAPE)


@pytest.mark.parametrize("name", ["from_file", "save", "set_", "record_stream", "manual_seed", "get_autocast_dtype"])
def test_what_reaches_beyond_the_numbers_is_no_arithmetic(name: str) -> None:
    assert not is_arithmetic(name)


@pytest.mark.parametrize("norm", [True, False])
def test_a_net_traced_in_training_mode_is_told_to_call_eval(norm: bool, tmp_path: Path) -> None:
    layer = nn.BatchNorm2d(8) if norm else nn.Dropout(0.5)
    net = settled(nn.Sequential(nn.Conv2d(3, 8, 4, 4), layer, nn.Flatten(), nn.Linear(128, 5))).train()
    path = save_trace(net, tmp_path / "a.pt", torch.rand(4, *SHAPE))
    if norm:
        with pytest.raises(ModelRejected, match=r"training mode.*model\.eval\(\)"):
            load_model(path, None, InputSpec())
    else:
        found = inspect_audited(load_model(path, None, InputSpec()), path)
        assert any("model.eval()" in text for text in found.warnings)
        assert any("randomised" in text for text in found.warnings)


class Rounds(_Net):
    def forward(self, x: Tensor) -> Tensor:
        x = torch.round(x * 255) / 255
        h = self.conv((x * 255).to(torch.uint8).float() / 255)
        logits: Tensor = self.fc((torch.floor(h * 16) / 16 + torch.sign(h)).mean([2, 3]))
        return logits


@pytest.mark.parametrize("how", ["script", "trace", "pt2"])
def test_rounding_passes_the_gradient_through(how: str, tmp_path: Path) -> None:
    net = settled(Rounds())
    x = torch.rand(3, *SHAPE)
    path = tmp_path / ("a.pt2" if how == "pt2" else "a.pt")
    if how == "pt2":
        exported = torch.export.export(net, (x,), dynamic_shapes=({0: torch.export.Dim("batch")},))
        torch.export.save(exported, path)
    else:
        save_script(net, path) if how == "script" else save_trace(net, path, x[:1])
    model = load_model(path, None, InputSpec(shape=SHAPE))
    assert torch.equal(model(x), net(x))

    def smooth(z: Tensor) -> Tensor:
        h = net.conv(z)
        logits: Tensor = net.fc((h + h.clamp(-1, 1)).mean([2, 3]))
        return logits

    z = x.clone().requires_grad_()
    (found,) = torch.autograd.grad(model(z).sum(), z)
    (expected,) = torch.autograd.grad(smooth(z).sum(), z)
    assert F.cosine_similarity(found.flatten(), expected.flatten(), dim=0) > 0.9
    assert inspect_audited(model).differentiable


class Tabled(_Net):
    """The scores of two images, moved by how bright all are."""

    def __init__(self) -> None:
        super().__init__()
        self.table = nn.Parameter(torch.linspace(-1, 1, 10).reshape(2, 5))

    def forward(self, x: Tensor) -> Tensor:
        return self.table + x.mean()


@pytest.mark.filterwarnings("ignore")
def test_a_batch_size_that_a_file_fixes_inside_is_said(tmp_path: Path) -> None:
    net, path = settled(Tabled()), tmp_path / "a.onnx"
    torch.onnx.export(net, (torch.rand(2, *SHAPE),), path, dynamo=False, opset_version=17)
    with pytest.raises(ModelRejected, match=r"shape \[2, 5\] whatever the number of images.*dynamic_axes"):
        load_model(path, None, InputSpec(shape=SHAPE))

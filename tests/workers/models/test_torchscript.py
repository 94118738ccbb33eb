"""TorchScript programs, scripted and traced, translated and compared with torch itself."""

import warnings
import zipfile
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from openapi.models import InputSpec
from openapi.problems import ModelRejected
from tests.workers.models.nets import ConvNet, agrees, gradient, relative, save_script, save_trace, settled
from tests.workers.models.onnx.nets import build
from workers.models.agreement import agreement
from workers.models.load import load_model

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("how", ["script", "trace", "trace_no_grad"])
def test_small_net(how: str, tmp_path: Path) -> None:
    net = settled(ConvNet())
    if how == "script":
        path = save_script(net, tmp_path / "a.pt")
    else:
        path = save_trace(net, tmp_path / "a.pt", torch.rand(4, 3, 14, 14), grad=how == "trace")
    model = agrees(path, (3, 14, 14), batches=(1, 3, 4))
    assert list(model.trainable_parameters()) == [name for name, _ in net.named_parameters()]
    assert [layer.name for layer in model.layers] == ["conv1", "conv2", "conv3", "fc1", "fc2"]
    assert model.tapped("act").points["conv1"].tap == "act"
    assert model.format == "torchscript"
    assert model.trainable


class Control(nn.Module):
    """Branches, loops, lists, dictionaries, strings and optional values, resolved while translating."""

    def __init__(self) -> None:
        super().__init__()
        self.convs = nn.ModuleList([nn.Conv2d(3, 3, 3, padding=1) for _ in range(3)])
        self.fc = nn.Linear(3, 4)
        self.scale: float = 2.0
        self.sizes: list[int] = [4, 2, 1]
        self.mode: str = "avg"

    def pooled(self, x: Tensor, size: int | None = None) -> Tensor:
        if size is None:
            size = 1
        if self.mode == "avg":
            return F.adaptive_avg_pool2d(x, (size, size))
        return F.adaptive_max_pool2d(x, [size, size])

    def forward(self, x: Tensor) -> Tensor:
        if x.dim() != 4:
            raise ValueError(f"4 dimensions, not {x.dim()}")
        found: list[Tensor] = []
        for i, conv in enumerate(self.convs):
            x = torch.relu(conv(x)) * self.scale
            found.append(self.pooled(x, self.sizes[i]).mean([2, 3]))
        named = {"sum": torch.stack(found).sum(0)}
        n = x.size(0)
        steps = 0
        while steps < 2:
            named["sum"] = named["sum"] + float(steps)
            steps += 1
        logits: Tensor = self.fc(named["sum"].view(n, -1))
        return logits


def test_control_flow(tmp_path: Path) -> None:
    agrees(save_script(settled(Control()), tmp_path / "a.pt"), (3, 8, 8))


class Burnt(nn.Module):
    """Shapes with the batch as a constant, as traces of careless code have them."""

    def __init__(self, batch: int, how: str) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3)
        self.fc = nn.Linear(4 * 4, 3)
        self.token = nn.Parameter(torch.zeros(1, 1, 4))
        self.batch = batch
        self.how = how

    def forward(self, x: Tensor) -> Tensor:
        y = self.conv(x)
        if self.how == "view":
            y = y.view(self.batch, 16)
        elif self.how == "view -1":
            y = y.reshape(self.batch, -1)
        else:
            y = y.flatten(2).transpose(1, 2)
            y = torch.cat([self.token.expand(self.batch, -1, -1), y[:, :3]], 1).flatten(1)
        logits: Tensor = self.fc(y)
        return logits


@pytest.mark.parametrize("how", ["view", "view -1", "expand"])
@pytest.mark.parametrize("batch", [1, 3])
def test_a_burnt_batch_is_freed(how: str, batch: int, tmp_path: Path) -> None:
    net = settled(Burnt(batch, how))
    path = save_trace(net, tmp_path / "a.pt", torch.rand(batch, 3, 4, 4))
    model = load_model(path, None, InputSpec(shape=(3, 4, 4)))
    x = torch.rand(6, 3, 4, 4)
    expected = torch.cat([net(x[i : i + batch]) for i in range(0, 6, batch)])
    torch.testing.assert_close(model(x), expected)
    torch.testing.assert_close(model(x[:1]), expected[:1])
    assert model.warnings.count(f"the file fixes the batch size at {batch}; it was freed") == 1


def test_a_batch_that_was_free_is_no_warning(tmp_path: Path) -> None:
    class Joined(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.conv, self.fc = nn.Conv2d(3, 4, 3), nn.Linear(32, 3)

        def forward(self, x: Tensor) -> Tensor:
            y = self.conv(x)
            logits: Tensor = self.fc(torch.cat([y, y.relu()], 1).reshape(x.shape[0], -1))
            return logits

    path = save_trace(settled(Joined()), tmp_path / "a.pt", torch.rand(1, 3, 4, 4))
    assert load_model(path, None, InputSpec(shape=(3, 4, 4))).warnings == ()


def test_fused_attention_gets_a_derivative(tmp_path: Path) -> None:
    layer = nn.TransformerEncoderLayer(8, 2, 16, batch_first=True, norm_first=False, dropout=0.0)

    class Vision(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.patch = nn.Conv2d(3, 8, 4, 4)
            self.layer = layer
            self.attention = nn.MultiheadAttention(8, 2, batch_first=True)
            self.head = nn.Linear(8, 3)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            t = self.layer(self.patch(x).flatten(2).transpose(1, 2))
            logits: torch.Tensor = self.head((t + self.attention(t, t, t, need_weights=False)[0]).mean(1))
            return logits

    net = settled(Vision())
    path = save_trace(net, tmp_path / "a.pt", torch.rand(1, 3, 8, 8), grad=False)
    with zipfile.ZipFile(path) as archive:
        code = b"".join(archive.read(name) for name in archive.namelist() if name.endswith(".py"))
    assert b"_native_multi_head_attention" in code
    assert b"_transformer_encoder_layer_fwd" in code
    model = load_model(path, None, InputSpec())
    x = torch.rand(2, 3, 8, 8)
    assert relative(model(x), net(x)) < 1e-5
    assert relative(gradient(model, x), gradient(net, x)) < 1e-3
    assert set(dict(net.named_parameters())) == set(model.trainable_parameters())


class Unusual(nn.Module):
    """Padding by name, instance norm, adaptive max-pooling, upsampling: whose functions name many operators."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3, padding="same")
        self.norm = nn.InstanceNorm2d(8, affine=True)
        self.pool = nn.AdaptiveMaxPool2d(2)
        self.up = nn.Upsample(scale_factor=2.0, mode="bilinear")
        self.fc = nn.Linear(8 * 16, 4)

    def forward(self, x: Tensor) -> Tensor:
        logits: Tensor = self.fc(self.up(self.pool(F.mish(self.norm(self.conv(x))))).flatten(1))
        return logits


@pytest.mark.parametrize("how", ["script", "trace"])
def test_unusual_layers(how: str, tmp_path: Path) -> None:
    net = settled(Unusual())
    path = tmp_path / "a.pt"
    model = agrees(
        save_script(net, path) if how == "script" else save_trace(net, path, torch.rand(1, 3, 8, 8)), (3, 8, 8)
    )
    assert [layer.name for layer in model.layers] == ["conv", "fc"]
    assert [model.tapped(tap).points["conv"].tap for tap in ("norm", "act", "pool")] == ["norm", "act", "pool"]


class Structured(nn.Module):
    def __init__(self, kind: str) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 6, 3)
        self.fc = nn.Linear(6, 4)
        self.kind = kind

    def forward(self, x: torch.Tensor) -> Any:
        features = self.conv(x).relu().mean([2, 3])
        logits = self.fc(features)
        if self.kind == "dict":
            return {"features": features, "logits": logits}
        if self.kind == "named":
            return Answer(features, logits)
        return (features, (logits,)) if self.kind == "nested" else [features, logits]


class Answer(NamedTuple):
    features: Tensor
    scores: Tensor


@pytest.mark.parametrize("kind", ["dict", "named", "nested", "list"])
def test_logits_inside_of_a_structure(kind: str, tmp_path: Path) -> None:
    net = settled(Structured(kind))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        traced = torch.jit.trace(net, torch.rand(1, 3, 8, 8), strict=False, check_trace=False)
        torch.jit.save(traced, str(tmp_path / "a.pt"))
    model = load_model(tmp_path / "a.pt", None, InputSpec())
    x = torch.rand(3, 3, 8, 8)
    assert relative(model(x), net.fc(net.conv(x).relu().mean([2, 3]))) < 1e-5
    assert agreement(model, tmp_path / "a.pt")["relative"] < 1e-5


def test_saved_on_cuda(tmp_path: Path) -> None:
    path = save_script(settled(ConvNet()), tmp_path / "cpu.pt")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(tmp_path / "cuda.pt", "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name.endswith("/data.pkl"):
                assert b"X\x03\x00\x00\x00cpu" in content
                content = content.replace(b"X\x03\x00\x00\x00cpu", b"X\x06\x00\x00\x00cuda:0")
            new.writestr(name.replace("cpu/", "cuda/", 1), content)
    agrees(tmp_path / "cuda.pt", (3, 14, 14))


def test_content_dependent_control_is_refused(tmp_path: Path) -> None:
    class Decides(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.fc = nn.Linear(12, 3)

        def forward(self, x: Tensor) -> Tensor:
            if x.sum() > 1:
                x = x * 2
            logits: Tensor = self.fc(x.flatten(1))
            return logits

    path = save_script(settled(Decides()), tmp_path / "a.pt")
    with pytest.raises(ModelRejected, match="content of a tensor"):
        load_model(path, None, InputSpec(shape=(3, 2, 2)))


CASES = [
    ("resnet", "script"),
    ("densenet", "script"),
    ("googlenet", "script"),
    ("inception_v3", "script"),
    ("mobilenet_v3", "trace"),
    ("shufflenet_v2", "trace"),
    ("convnext", "trace"),
    ("vit", "script"),
    ("vit", "trace no_grad"),
    ("swin_v2", "script"),
    ("maxvit", "trace"),
]


@pytest.mark.parametrize(("family", "how"), CASES, ids=["-".join(case) for case in CASES])
def test_torchvision(family: str, how: str, tmp_path: Path) -> None:
    net, x = build(family)
    path = tmp_path / "a.pt"
    if how == "script":
        save_script(net, path)
    else:
        save_trace(net, path, x[:1], grad=how == "trace")
    model = load_model(path, None, InputSpec(shape=tuple(x.shape[1:])))
    for images in (x[:1], x, torch.cat([x, x.flip(3)])):
        assert relative(model(images), net(images)) < 1e-4
    assert relative(gradient(model, x), gradient(net, x)) < 1e-3
    assert set(model.trainable_parameters()) == set(dict(net.named_parameters()))

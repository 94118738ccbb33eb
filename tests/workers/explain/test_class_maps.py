"""Class activation maps: by construction, by identities, and beside pytorch-grad-cam."""

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from openapi.models import InputSpec, Maps
from openapi.problems import InvalidField, NotDifferentiable
from tests.workers.attacks.nets import small_cnn
from workers.explain.class_maps import ClassMaps, upsampled
from workers.explain.feature_map import grid_of
from workers.explain.told import maps_of
from workers.models.audited import AuditedModel
from workers.models.from_module import audit_module
from workers.models.vision_ops import declare

declare()  # before torchvision is imported, which the tests and pytorch-grad-cam do


def audited(net: nn.Module, shape: tuple[int, int, int]) -> AuditedModel:
    return audit_module(net.eval(), InputSpec(shape=shape)).freeze()


def seeded(build: Callable[[], nn.Module], seed: int = 0) -> Any:
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        return build().eval()


def images(n: int, shape: tuple[int, int, int], seed: int = 1) -> Tensor:
    return torch.rand(n, *shape, generator=torch.Generator().manual_seed(seed))


class Pooled(nn.Module):
    """Feature maps 2·red, 3·green, 1 − blue; their means, weighed."""

    def __init__(self, classes: int = 2) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 3, 1)
        self.head = nn.Linear(3, classes)
        with torch.no_grad():
            self.conv.weight.copy_(torch.diag(torch.tensor([2.0, 3.0, -1.0])).view(3, 3, 1, 1))
            assert self.conv.bias is not None
            self.conv.bias.copy_(torch.tensor([0.0, 0.0, 1.0]))
            self.head.weight.copy_(torch.tensor([[1.0, -2.0, 0.5], [0.25, 1.0, -1.0]])[:classes])
            self.head.bias.copy_(torch.tensor([3.0, -1.0])[:classes])

    def forward(self, x: Tensor) -> Tensor:
        logits: Tensor = self.head(self.conv(x).relu().mean((2, 3)))
        return logits


class ClassChannels(nn.Module):
    """A channel a class, then the mean: no layer behind the pooling (SqueezeNet)."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 5, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        return F.adaptive_avg_pool2d(self.conv(x).relu(), 1).flatten(1)


class ConvHead(nn.Module):
    """The mean first, then a 1×1 convolution."""

    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Conv2d(3, 6, 3, stride=2)
        self.head = nn.Conv2d(6, 4, 1)

    def forward(self, x: Tensor) -> Tensor:
        logits: Tensor = self.head(F.adaptive_avg_pool2d(self.body(x).relu(), 1)).flatten(1)
        return logits


def test_a_map_known_by_construction() -> None:
    x, classes = images(4, (3, 5, 7)), torch.tensor([[0, 1], [1, 0], [1, 1], [0, 0]])
    maps = ClassMaps(audited(Pooled(), (3, 5, 7)), None)
    features = torch.stack([2 * x[:, 0], 3 * x[:, 1], 1 - x[:, 2]], 1)
    weight = torch.tensor([[1.0, -2.0, 0.5], [0.25, 1.0, -1.0]])
    expected = torch.stack([(weight[classes[:, j]][:, :, None, None] * features).sum(1) for j in (0, 1)], 1)
    assert maps.kind == "cam"
    torch.testing.assert_close(maps(x, classes), expected, atol=1e-6, rtol=0)


def test_the_mean_of_a_map_is_the_logit_without_its_bias() -> None:
    for net, classes in ((seeded(ClassChannels), 5), (seeded(ConvHead), 4)):
        model, x = audited(net, (3, 9, 9)), images(3, (3, 9, 9))
        maps = ClassMaps(model)
        assert maps.kind == "cam"
        every = torch.arange(classes).expand(3, -1)
        rest = model(x) - maps(x, every).mean((2, 3))
        torch.testing.assert_close(rest, rest[:1].expand_as(rest), atol=1e-6, rtol=0)


def test_a_single_logit_has_the_map_of_its_class_and_an_empty_one_of_the_other() -> None:
    model, x = audited(nn.Sequential(Pooled(1)), (3, 6, 6)), images(2, (3, 6, 6))
    assert model.num_classes == 2
    maps = ClassMaps(model)
    found = maps(x, torch.tensor([[0, 1], [0, 1]]))
    expected = 2 * x[:, 0] - 6 * x[:, 1] + 0.5 * (1 - x[:, 2])
    torch.testing.assert_close(found[:, 1], expected, atol=1e-6, rtol=0)
    assert bool((found[:, 0] == 0).all())


def test_at_the_pooled_map_grad_cam_is_cam_over_the_number_of_places() -> None:
    model, x = audited(Pooled(), (3, 4, 6)), images(3, (3, 4, 6))
    classes = torch.tensor([[0, 1]] * 3)
    cam, grad_cam = ClassMaps(model), ClassMaps(model, "conv")
    assert (cam.kind, grad_cam.kind) == ("cam", "grad_cam")
    torch.testing.assert_close(grad_cam(x, classes), cam(x, classes).clamp(min=0) / 24, atol=1e-7, rtol=0)


def beside(net: nn.Module, target: nn.Module, maps: ClassMaps, x: Tensor, classes: Tensor, **options: Any) -> None:
    """Compare with pytorch-grad-cam, which brings every map to [0, 1]."""
    from pytorch_grad_cam import GradCAM
    from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget

    net.requires_grad_(True)  # its parameters are the frozen model's
    with GradCAM(net, [target], **options) as theirs:
        for j in range(classes.shape[1]):
            wanted = torch.from_numpy(theirs(x.clone(), [ClassifierOutputTarget(int(c)) for c in classes[:, j]]))
            found = scaled(upsampled(scaled(maps(x, classes)[:, j].clamp(min=0))[:, None], *x.shape[2:])[:, 0])
            assert float(wanted.max()) > 0.99
            torch.testing.assert_close(found, wanted.float(), atol=1e-4, rtol=0)


def scaled(maps: Tensor) -> Tensor:
    maps = maps - maps.amin((1, 2), keepdim=True)
    return maps / (1e-7 + maps.amax((1, 2), keepdim=True))


class Flattened(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, 6, 3, padding=1)
        self.conv2 = nn.Conv2d(6, 8, 3, stride=2, padding=1)
        self.act = nn.ReLU()
        self.head = nn.Linear(8 * 36, 4)

    def forward(self, x: Tensor) -> Tensor:
        logits: Tensor = self.head(self.act(self.conv2(self.conv1(x).relu())).flatten(1))
        return logits


@pytest.mark.slow
def test_grad_cam_of_the_last_convolution_beside_pytorch_grad_cam() -> None:
    net = seeded(Flattened)
    x, classes = images(4, (3, 12, 12)), torch.tensor([[0, 1], [1, 2], [2, 3], [3, 0]])
    maps = ClassMaps(audited(net, (3, 12, 12)))
    assert (maps.kind, maps.feature_map.grid) == ("grad_cam", (6, 6))
    beside(net, net.act, maps, x, classes)


@pytest.mark.slow
@pytest.mark.parametrize(("layer", "after"), [("0", 1), ("3", 4)])
def test_grad_cam_of_a_chosen_layer_beside_pytorch_grad_cam(layer: str, after: int) -> None:
    """The map of a layer is read behind its activation function, with or without a pooling that follows."""

    def build() -> nn.Module:
        first, second = nn.Conv2d(3, 6, 3, padding=1), nn.Conv2d(6, 8, 3, padding=1)
        return nn.Sequential(first, nn.ReLU(), nn.MaxPool2d(2), second, nn.SiLU(), nn.Flatten(), nn.Linear(8 * 36, 4))

    net = seeded(build)
    x, classes = images(4, (3, 12, 12)), torch.tensor([[0, 1], [1, 2], [2, 3], [3, 0]])
    beside(net, net[after], ClassMaps(audited(net, (3, 12, 12)), layer), x, classes)


@pytest.mark.slow
def test_cam_and_grad_cam_of_a_residual_network_beside_pytorch_grad_cam() -> None:
    from torchvision.models import resnet18

    net = seeded(lambda: resnet18(num_classes=5))
    model, x = audited(net, (3, 64, 64)), images(2, (3, 64, 64))
    classes = torch.tensor([[0, 1], [2, 3]])
    maps = ClassMaps(model)
    assert maps.kind == "cam"
    beside(net, net.layer4, maps, x, classes)
    chosen = ClassMaps(model, "layer3.0.conv1")  # conv, norm, and the ReLU that its activation tap is
    assert chosen.feature_map.grid == (4, 4)
    assert chosen.kind == "grad_cam"


@pytest.mark.slow
def test_grad_cam_of_a_transformer_beside_pytorch_grad_cam() -> None:
    from torchvision.models import VisionTransformer

    net = seeded(lambda: VisionTransformer(24, 6, 3, 2, 16, 32, num_classes=4))
    with torch.no_grad():
        net.heads.head.weight.copy_(torch.randn(4, 16, generator=torch.Generator().manual_seed(0)))
    x, classes = images(3, (3, 24, 24)), torch.tensor([[0, 1], [1, 2], [2, 3]])
    maps = ClassMaps(audited(net, (3, 24, 24)))
    assert (maps.feature_map.grid, maps.feature_map.tokens) == ((4, 4), 1)

    def grid(tokens: Tensor) -> Tensor:
        return tokens[:, 1:].transpose(1, 2).reshape(len(tokens), 16, 4, 4)

    beside(net, net.encoder.layers[1], maps, x, classes, reshape_transform=grid)


@pytest.mark.slow
def test_a_swin_transformer_has_the_cam_of_its_last_grid() -> None:
    from torchvision.models.swin_transformer import SwinTransformer

    net = seeded(lambda: SwinTransformer([2, 2], 8, [2, 2], [2, 2], [4, 4], num_classes=3))
    model, x = audited(net, (3, 32, 32)), images(2, (3, 32, 32))
    maps = ClassMaps(model)
    assert (maps.kind, maps.feature_map.grid) == ("cam", (8, 8))
    rest = model(x) - maps(x, torch.arange(3).expand(2, -1)).mean((2, 3))
    torch.testing.assert_close(rest, net.head.bias.detach().expand(2, -1), atol=1e-5, rtol=0)


def test_a_model_without_places_is_refused() -> None:
    model = audited(nn.Sequential(nn.Flatten(), nn.Linear(48, 8), nn.ReLU(), nn.Linear(8, 3)), (3, 4, 4))
    with pytest.raises(InvalidField) as error:
        ClassMaps(model)
    assert [e.pointer for e in error.value.problem().errors or ()] == ["/explain/map"]
    with pytest.raises(InvalidField):
        ClassMaps(model, "1")


def test_without_gradients_only_a_pooled_head_has_maps() -> None:
    class Rounded(nn.Module):
        def __init__(self, head: nn.Module) -> None:
            super().__init__()
            self.conv, self.head = nn.Conv2d(1, 4, 3), head

        def forward(self, x: Tensor) -> Tensor:
            logits: Tensor = self.head(torch.round(8 * self.conv(x).relu()))
            return logits

    def without(net: nn.Module) -> AuditedModel:
        model = audited(net, (1, 8, 8))
        model.differentiable = False
        return model

    class Looked(Rounded):
        """Looked up by whether it is above a level: no path of its graph leads a gradient back."""

        def __init__(self, head: nn.Module) -> None:
            super().__init__(head)
            self.table = nn.Parameter(torch.tensor([0.0, 1.0]))

        def forward(self, x: Tensor) -> Tensor:
            logits: Tensor = self.head(self.table[(self.conv(x).relu() > 0.1).long()])
            return logits

    pooled = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, 3))
    maps = ClassMaps(without(seeded(lambda: Rounded(pooled))))
    assert maps.kind == "cam"
    with pytest.raises(NotDifferentiable, match="does not average"):
        ClassMaps(without(seeded(lambda: Rounded(nn.Sequential(nn.Flatten(), nn.Linear(144, 3))))))
    looked = audited(seeded(lambda: Looked(nn.Sequential(nn.Flatten(), nn.Linear(144, 3)))), (1, 8, 8))
    assert looked.differentiable  # torch can be asked, and says that nothing leads back
    with pytest.raises(NotDifferentiable, match="does not average"):
        ClassMaps(looked)


def test_an_inspection_tells_of_the_maps() -> None:
    flat = nn.Sequential(nn.Flatten(), nn.Linear(48, 3))
    assert maps_of(audited(Pooled(), (3, 5, 7)), True) == Maps(kind="cam", size=(5, 7))
    assert maps_of(audited(small_cnn(0), (1, 8, 8)), True) == Maps(kind="grad_cam", size=(3, 3))
    told = maps_of(audited(flat, (3, 4, 4)), True)
    assert told is not None
    assert "keeps places" in (told.missing or "")
    blind = maps_of(audited(small_cnn(0), (1, 8, 8)), False)
    assert blind is not None
    assert blind.kind is None
    assert blind.missing == "class activation maps need gradients here: those of this model tell nothing"
    assert maps_of(audited(Pooled(), (3, 5, 7)), False) == Maps(kind="cam", size=(5, 7))


def test_batches_do_not_matter() -> None:
    model, x = audited(small_cnn(0), (1, 8, 8)), images(5, (1, 8, 8))
    classes = torch.tensor([[0, 1]] * 5)
    maps = ClassMaps(model)
    parts = torch.cat([maps(x[i : i + 1], classes[i : i + 1]) for i in range(5)])
    torch.testing.assert_close(parts, maps(x, classes), atol=1e-6, rtol=0)


@pytest.mark.parametrize(
    ("tokens", "size", "expected"),
    [
        (197, (224, 224), (1, (14, 14))),
        (198, (224, 224), (2, (14, 14))),
        (201, (224, 224), (5, (14, 14))),
        (49, (224, 224), (0, (7, 7))),
        (13, (48, 64), (1, (3, 4))),
        (12, (48, 64), (0, (3, 4))),
        (3, (32, 32), None),
    ],
)
def test_grids_of_tokens(tokens: int, size: tuple[int, int], expected: object) -> None:
    assert grid_of(tokens, *size) == expected

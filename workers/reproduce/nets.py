"""The paper's networks (SNS, section IV-A) in any width, whose layers are called as there: conv1 … conv13, l1b1c1 …"""

from collections.abc import Callable
from functools import partial
from typing import Any

from torch import Tensor, nn
from torch.nn import functional as F

import workers.models.vision_ops  # noqa: F401  # must come before torchvision

#: Channels of VGG-16's convolutions; 0 is a pooling.
_VGG = (64, 64, 0, 128, 128, 0, 256, 256, 256, 0, 512, 512, 512, 0, 512, 512, 512, 0)


class Vgg16(nn.Module):
    """VGG-16 with batch norm and one linear layer, for images of 32 pixels; smaller ones get a black rim.

    width: channels of the first convolution, 64 in the paper; the others keep their proportion to it.
    """

    def __init__(self, channels: int, classes: int, width: int = 64) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        last = channels
        for size in _VGG:
            if size == 0:
                layers.append(nn.MaxPool2d(2))
                continue
            out = size * width // 64
            layers += [nn.Conv2d(last, out, 3, padding=1, bias=False), nn.BatchNorm2d(out), nn.ReLU()]
            last = out
        self.features, self.classifier = nn.Sequential(*layers), nn.Linear(last, classes)

    def forward(self, x: Tensor) -> Tensor:
        """(n, c, h, w) up to 32 pixels → logits (n, classes)."""
        rim = (32 - x.shape[-1]) // 2
        logits: Tensor = self.classifier(self.features(F.pad(x, (rim, rim, rim, rim))).flatten(1))
        return logits


class _Block(nn.Module):
    """Two convolutions and a way around them."""

    def __init__(self, last: int, out: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(last, out, 3, stride, 1, bias=False)
        self.bn1, self.bn2 = nn.BatchNorm2d(out), nn.BatchNorm2d(out)
        self.conv2 = nn.Conv2d(out, out, 3, padding=1, bias=False)
        short = [nn.Conv2d(last, out, 1, stride, bias=False), nn.BatchNorm2d(out)]
        self.downsample = nn.Sequential(*short) if stride > 1 or last != out else nn.Identity()

    def forward(self, x: Tensor) -> Tensor:
        """(n, last, h, w) → (n, out, h/stride, w/stride)."""
        y = self.bn2(self.conv2(self.bn1(self.conv1(x)).relu()))
        out: Tensor = (y + self.downsample(x)).relu()
        return out


class ResNet18(nn.Module):
    """ResNet-18 in the form for small images: a 3×3 convolution first, no pooling after it. width: 64 in the paper."""

    def __init__(self, channels: int, classes: int, width: int = 64) -> None:
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(channels, width, 3, padding=1, bias=False), nn.BatchNorm2d(width)
        last = width
        for i in range(4):
            out = width * 2**i
            stage = nn.Sequential(_Block(last, out, 1 if i == 0 else 2), _Block(out, out, 1))
            setattr(self, f"layer{i + 1}", stage)
            last = out
        self.fc = nn.Linear(last, classes)

    def forward(self, x: Tensor) -> Tensor:
        """(n, c, h, w) → logits (n, classes)."""
        x = self.bn1(self.conv1(x)).relu()
        for i in range(4):
            x = getattr(self, f"layer{i + 1}")(x)
        logits: Tensor = self.fc(x.mean((2, 3)))
        return logits


def inception_v3(channels: int, classes: int, width: int = 64) -> nn.Module:
    """torchvision's Inception-V3 for images of 32 pixels; smaller ones get a black rim.

    Ours, as the paper does not say how it feeds it CIFAR-10: the first convolution keeps the size and the second
    pooling is left out, so that the inception blocks see 11, 5 and 2 pixels. width: 64 is the network of its paper;
    all channels are in proportion to it, and it must be a multiple of 8.
    """
    from torchvision.models import inception

    if width % 8:
        raise ValueError("the width of an Inception-V3 is a multiple of 8")

    def narrow(inputs: int, outputs: int, **settings: Any) -> nn.Module:
        first = inputs if inputs == 3 else inputs * width // 64
        found: nn.Module = inception.BasicConv2d(first, outputs * width // 64, **settings)
        return found

    kinds = ("InceptionA", "InceptionB", "InceptionC", "InceptionD", "InceptionE")
    blocks = [partial(getattr(inception, kind), conv_block=narrow) for kind in kinds]
    net: nn.Module = inception.Inception3(
        num_classes=classes, aux_logits=False, init_weights=True, inception_blocks=[narrow, *blocks, nn.Identity]
    )
    net.get_submodule("Conv2d_1a_3x3").conv = nn.Conv2d(channels, 32 * width // 64, 3, bias=False)
    net.maxpool2 = nn.Identity()
    net.fc = nn.Linear(2048 * width // 64, classes)
    return _Rim(net)


class _Rim(nn.Sequential):
    """Images in the middle of 32 × 32 pixels, then the network."""

    def forward(self, x: Tensor) -> Tensor:
        """(n, c, h, w) up to 32 pixels → logits (n, classes)."""
        rim = (32 - x.shape[-1]) // 2
        logits: Tensor = self[0](F.pad(x, (rim, rim, rim, rim)))
        return logits


#: Name → network of (image channels, classes, width).
NETS: dict[str, Callable[[int, int, int], nn.Module]] = {
    "vgg16": Vgg16,
    "resnet18": ResNet18,
    "inception_v3": inception_v3,
}

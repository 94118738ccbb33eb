"""Every family of torchvision's classifiers, made small: the same blocks, few of them, at the smallest legal size."""

import torch
from torch import nn

import workers.models.vision_ops  # noqa: F401  (before torchvision)

# isort: split
from torchvision.models import densenet, mobilenetv3, resnet, squeezenet, vgg
from torchvision.models.convnext import CNBlockConfig, ConvNeXt
from torchvision.models.efficientnet import EfficientNet, FusedMBConvConfig, MBConvConfig
from torchvision.models.googlenet import BasicConv2d as GoogLeNetConv
from torchvision.models.googlenet import Inception
from torchvision.models.inception import BasicConv2d as InceptionConv
from torchvision.models.inception import InceptionA, InceptionB, InceptionC, InceptionD, InceptionE
from torchvision.models.maxvit import MaxVit
from torchvision.models.mnasnet import MNASNet
from torchvision.models.mobilenetv2 import MobileNetV2
from torchvision.models.regnet import BlockParams, RegNet
from torchvision.models.shufflenetv2 import ShuffleNetV2
from torchvision.models.swin_transformer import PatchMergingV2, SwinTransformer, SwinTransformerBlockV2
from torchvision.models.vision_transformer import VisionTransformer

CLASSES = 5


def _vgg(norm: bool) -> nn.Module:
    net: nn.Module = vgg.VGG(vgg.make_layers([4, "M", 8, "M", 8, "M"], batch_norm=norm), num_classes=CLASSES)
    net.avgpool = nn.AdaptiveAvgPool2d(2)
    net.classifier = nn.Sequential(nn.Linear(32, 16), nn.ReLU(True), nn.Dropout(), nn.Linear(16, CLASSES))
    return net


def _alexnet() -> nn.Module:
    return nn.Sequential(
        nn.Conv2d(3, 8, 11, 4, 2),
        nn.ReLU(inplace=True),
        nn.MaxPool2d(3, 2),
        nn.Conv2d(8, 8, 5, padding=2),
        nn.ReLU(inplace=True),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Dropout(),
        nn.Linear(8, CLASSES),
    )


def _googlenet() -> nn.Module:
    return nn.Sequential(
        GoogLeNetConv(3, 8, kernel_size=7, stride=2, padding=3),
        nn.MaxPool2d(3, 2, ceil_mode=True),
        Inception(8, 4, 4, 4, 4, 4, 4),
        nn.MaxPool2d(2, 2, ceil_mode=True),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(16, CLASSES),
    )


def _inception() -> nn.Module:
    return nn.Sequential(
        InceptionConv(3, 8, kernel_size=3, stride=2),
        InceptionA(8, 4),
        InceptionB(64 + 64 + 96 + 4),
        InceptionC(384 + 96 + 228, 4),
        nn.Conv2d(768, 8, 1),
        InceptionD(8),
        nn.Conv2d(320 + 192 + 8, 8, 1),
        InceptionE(8),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(2048, CLASSES),
    )


def _mobilenet_v3() -> nn.Module:
    conf = mobilenetv3.InvertedResidualConfig
    blocks = [conf(8, 3, 8, 8, True, "RE", 2, 1, 1.0), conf(8, 5, 16, 8, True, "HS", 1, 1, 1.0)]
    net: nn.Module = mobilenetv3.MobileNetV3(blocks, 16, num_classes=CLASSES)
    return net


def _efficientnet(fused: bool) -> nn.Module:
    first = FusedMBConvConfig(1, 3, 1, 8, 8, 1) if fused else MBConvConfig(1, 3, 1, 8, 8, 1, 1.0, 1.0)
    blocks = [first, MBConvConfig(4, 3, 2, 8, 16, 2, 1.0, 1.0)]
    net: nn.Module = EfficientNet(blocks, 0.2, num_classes=CLASSES, last_channel=16)
    return net


def _swin(second: bool) -> nn.Module:
    more = {"block": SwinTransformerBlockV2, "downsample_layer": PatchMergingV2} if second else {}
    net: nn.Module = SwinTransformer([4, 4], 8, [2, 2], [2, 4], [4, 4], num_classes=CLASSES, **more)
    return net


def _squeezenet() -> nn.Module:
    net = squeezenet.SqueezeNet("1_1", CLASSES)
    net.features = nn.Sequential(
        nn.Conv2d(3, 8, 3, 2),
        nn.ReLU(inplace=True),
        nn.MaxPool2d(3, 2, ceil_mode=True),
        squeezenet.Fire(8, 4, 8, 8),
        nn.MaxPool2d(3, 2, ceil_mode=True),
    )
    net.classifier[1] = nn.Conv2d(16, CLASSES, 1)
    found: nn.Module = net
    return found


#: Family → (constructor, side of its square input).
NETS = {
    "alexnet": (_alexnet, 63),
    "convnext": (
        lambda: ConvNeXt([CNBlockConfig(8, 16, 1), CNBlockConfig(16, None, 1)], num_classes=CLASSES),
        32,
    ),
    "densenet": (lambda: densenet.DenseNet(4, (2, 2), 8, num_classes=CLASSES), 32),
    "efficientnet": (lambda: _efficientnet(False), 32),
    "efficientnet_v2": (lambda: _efficientnet(True), 32),
    "googlenet": (_googlenet, 31),
    "inception_v3": (_inception, 31),
    "maxvit": (
        lambda: MaxVit((32, 32), 8, 2, [8], [1], 4, 0.0, num_classes=CLASSES),
        32,
    ),
    "mnasnet": (lambda: MNASNet(0.1, CLASSES), 32),
    "mobilenet_v2": (
        lambda: MobileNetV2(CLASSES, 0.25, inverted_residual_setting=[[1, 8, 1, 1], [6, 8, 2, 2]]),
        32,
    ),
    "mobilenet_v3": (_mobilenet_v3, 32),
    "regnet": (
        lambda: RegNet(BlockParams([1, 1], [8, 16], [4, 4], [1.0, 1.0], [2, 2], 0.25), CLASSES, stem_width=8),
        32,
    ),
    "resnet": (lambda: resnet.ResNet(resnet.BasicBlock, [1, 1, 1, 1], CLASSES, width_per_group=64), 32),
    "resnext": (lambda: resnet.ResNet(resnet.Bottleneck, [1, 1, 1, 1], CLASSES, groups=4, width_per_group=4), 32),
    "shufflenet_v2": (lambda: ShuffleNetV2([1, 1, 1], [8, 8, 16, 32, 32], CLASSES), 32),
    "squeezenet": (_squeezenet, 32),
    "swin": (lambda: _swin(False), 32),
    "swin_v2": (lambda: _swin(True), 32),
    "vgg": (lambda: _vgg(False), 32),
    "vgg_bn": (lambda: _vgg(True), 32),
    "wide_resnet": (
        lambda: resnet.ResNet(resnet.Bottleneck, [1, 1, 1, 1], CLASSES, width_per_group=16),
        32,
    ),
    "vit": (lambda: VisionTransformer(32, 8, 2, 4, 32, 64, num_classes=CLASSES), 32),
}


def build(family: str) -> tuple[nn.Module, torch.Tensor]:
    """(network in eval mode with nothing at its trivial start, two images)."""
    make, side = NETS[family]
    torch.manual_seed(0)
    net = make().eval()
    for module in net.modules():
        if isinstance(module, nn.BatchNorm2d):
            assert module.running_mean is not None
            assert module.running_var is not None
            module.running_mean.normal_(0, 0.1)
            module.running_var.uniform_(0.5, 1.5)
            # Networks this thin would fade to nothing with the initial scales.
            module.weight.data.uniform_(1.0, 2.0)
    for parameter in net.parameters():
        if parameter.numel() == 1 or parameter.std() == 0:  # equal constants would be merged by the exporter
            parameter.data.add_(0.1 * torch.randn_like(parameter))
    return net, torch.rand(2, 3, side, side)


__all__ = ["CLASSES", "NETS", "build"]

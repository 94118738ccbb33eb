"""What is attacked: the shipped network with its images, small nets trained for a moment, and nets of usual size."""

from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

import workers.models.vision_ops  # noqa: F401  (before torchvision)

# isort: split
from torchvision.models import resnet18, vgg16_bn

from openapi.models import InputSpec
from tests.tools.gpu.scale import Scale
from tests.tools.taught import pictures, taught
from workers.models.audited import AuditedModel
from workers.models.from_module import audit_module
from workers.models.load import load_model

DEMO = Path(__file__).parents[3] / "deploy" / "demo"


def shipped(images: int) -> tuple[AuditedModel, Tensor, Tensor]:
    """Return the demo's network from its ONNX file, images (n, 1, 28, 28) in [0, 1] and labels."""
    model = load_model(DEMO / "small_vgg.onnx", "onnx", InputSpec(mean=(0.286,), std=(0.353,)))
    with np.load(DEMO / "holdout.npz") as file:
        x = torch.from_numpy(file["x"][:images].astype(np.float32) / 255).reshape(-1, 1, 28, 28)
        return model, x, torch.from_numpy(file["y"][:images].astype(np.int64))


def subjects(scale: Scale) -> dict[str, tuple[AuditedModel, Tensor, Tensor]]:
    """Return the networks on which devices and arithmetics are compared, on the CPU."""
    found = {"shipped": shipped(scale.images)}
    for family in scale.families:
        net, shape = taught(family)
        found[family] = (audit_module(net, InputSpec(shape=shape)), *pictures(scale.images, shape))
    return found


def of_usual_size(scale: Scale) -> dict[str, AuditedModel]:
    """Return ResNet-18 and VGG-16 as CIFAR has them, with random weights: what a pass costs does not depend on them."""
    torch.manual_seed(0)
    resnet = resnet18(num_classes=10)
    resnet.conv1, resnet.maxpool = nn.Conv2d(3, 64, 3, 1, 1, bias=False), nn.Identity()
    nets: dict[str, nn.Module] = {"ResNet-18": resnet}
    if scale.large:
        vgg = vgg16_bn(num_classes=10)
        vgg.avgpool, vgg.classifier = nn.Identity(), nn.Linear(512, 10)
        nets["VGG-16"] = vgg
    return {name: audit_module(net.eval(), InputSpec(shape=(3, 32, 32))) for name, net in nets.items()}


def random_images(count: int) -> Tensor:
    """Return (count, 3, 32, 32) in [0, 1]."""
    return torch.rand(count, 3, 32, 32, generator=torch.Generator().manual_seed(0))

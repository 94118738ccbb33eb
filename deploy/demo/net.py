"""The example's network: six 3x3 convolutions in the style of VGG (Simonyan & Zisserman 2015), for 28x28 images."""

import torch
from torch import nn


def _block(inputs: int, outputs: int) -> list[nn.Module]:
    """Two convolutions with ReLU, then a halving of the resolution."""
    return [
        nn.Conv2d(inputs, outputs, 3, padding=1),
        nn.ReLU(),
        nn.Conv2d(outputs, outputs, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
    ]


class SmallVgg(nn.Module):
    """Logits (n, 10) of pixels (n, 1, 28, 28) in [0, 1], normalised by the mean and deviation given at upload."""

    def __init__(self, width: int = 16) -> None:
        super().__init__()
        self.features = nn.Sequential(*_block(1, width), *_block(width, 2 * width), *_block(2 * width, 4 * width))
        self.classifier = nn.Linear(4 * width * 9, 10)
        for module in self.features:
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, nonlinearity="relu")

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return the logits of normalised images."""
        logits: torch.Tensor = self.classifier(self.features(x).flatten(1))
        return logits

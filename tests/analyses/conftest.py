"""A small net and a small data set to audit."""

from pathlib import Path

import numpy as np
import pytest
import torch

from tests.analyses.in_process import InProcess
from tests.workers.neurons.nets import SmallNet

N = 21


def images() -> torch.Tensor:
    """Noise, (21, 1, 8, 8) uint8."""
    return torch.from_numpy(np.random.default_rng(0).integers(0, 256, (N, 1, 8, 8), dtype=np.uint8))


def net() -> SmallNet:
    """`SmallNet`, its logits centred on the images, so that every class can be reached."""
    found = SmallNet().eval()
    with torch.no_grad():
        found.head.bias.sub_(found(images().float() / 255).mean(0))
    return found


def small_net(folder: Path) -> InProcess:
    """The net on its images, labelled at random."""
    labels = np.random.default_rng(1).integers(0, 3, N)
    return InProcess(folder, net(), images().numpy(), labels)


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> InProcess:
    """See `small_net`."""
    return small_net(tmp_path_factory.mktemp("audit"))

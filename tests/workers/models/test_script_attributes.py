"""Scripts that write an attribute and read it in the same call."""

from pathlib import Path
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from openapi.models import InputSpec
from tests.workers.models.nets import gradient, relative, save_script, settled
from workers.models.load import load_model


class _Net(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 6, 3)
        self.fc = nn.Linear(6, 4)

    def features(self, x: Tensor) -> Tensor:
        return F.silu(self.conv(x)).mean([2, 3])


class Tensors(_Net):
    """A table of positions is made anew where its size is wrong, as ConViT does, and read by another method."""

    def __init__(self) -> None:
        super().__init__()
        self.table = torch.zeros(1, 3)

    def make(self, n: int) -> None:
        self.table = torch.arange(n).float().view(1, n) / n

    def forward(self, x: Tensor) -> Tensor:
        h = self.features(x)
        if self.table.size(1) != h.size(1):
            self.make(h.size(1))
        logits: Tensor = self.fc(h * self.table)
        return logits


class Numbers(_Net):
    """Numbers, strings, optional tensors and lists; written in branches and loops, before and after they are read."""

    gain: float
    kept: Tensor | None
    sizes: list[int]

    def __init__(self) -> None:
        super().__init__()
        self.gain = 1.0
        self.kept = None
        self.sizes = [1]
        self.part = Part()

    def forward(self, x: Tensor) -> Tensor:
        h = self.features(x)
        for i in range(3):
            self.gain = self.gain * 2 + float(i)
            self.sizes.append(i)
        if self.gain > 3:
            self.kept = h * self.gain
        kept = self.kept
        if kept is not None:
            h = h + kept * len(self.sizes)
        logits: Tensor = self.fc(self.part(h) + self.part.last)
        return logits


class Part(nn.Module):
    """State that another module reads: the image's own activations."""

    def __init__(self) -> None:
        super().__init__()
        self.last = torch.zeros(1)

    def forward(self, h: Tensor) -> Tensor:
        self.last = torch.tanh(h)
        return h * 0.5


@pytest.mark.parametrize("kind", [Tensors, Numbers])
def test_what_a_call_writes_is_what_it_reads(kind: type[Any], tmp_path: Path) -> None:
    path = save_script(settled(kind()), tmp_path / "a.pt")
    model = load_model(path, None, InputSpec(shape=(3, 8, 8)))
    for images in (1, 3):
        x = torch.rand(images, 3, 8, 8)
        for _ in range(2):  # each call is the first
            assert relative(model(x), torch.jit.load(str(path))(x)) < 1e-5
        assert relative(gradient(model, x), gradient(torch.jit.load(str(path)), x)) < 1e-3


class OneOrSeveral(_Net):
    """Features that are a tensor or a list, asked by ``isinstance(x, list)``, as CoaT does it."""

    def __init__(self, several: bool) -> None:
        super().__init__()
        self.several = several

    def maps(self, x: Tensor) -> Tensor | list[Tensor]:
        y: Tensor = self.conv(x).flatten(2).transpose(1, 2)
        if self.several:
            return [y, y * 2]
        return y

    def head(self, maps: Tensor | list[Tensor]) -> Tensor:
        if isinstance(maps, list):
            pooled = torch.stack([one[:, 0] for one in maps], 1).mean(1)
        else:
            pooled = maps[:, 1:].mean(dim=1)
        found: Tensor = self.fc(pooled)
        return found

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.maps(x))


@pytest.mark.parametrize("several", [False, True])
def test_a_list_is_known_by_its_kind(tmp_path: Path, several: bool) -> None:
    net, x = settled(OneOrSeveral(several)), torch.rand(2, 3, 8, 8)
    model = load_model(save_script(net, tmp_path / "net.pt"), None, InputSpec(shape=(3, 8, 8)))
    assert relative(model(x), net(x)) < 1e-5

"""A script's enumerations need no Python classes: torchvision's are not imported where files are read."""

import enum
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from openapi.models import InputSpec
from tests.workers.models.nets import relative, save_script, settled
from workers.models.load import load_model


class Pool(enum.Enum):
    MEAN = "mean"
    MAX = "max"


class Chooses(nn.Module):
    def __init__(self, how: Pool) -> None:
        super().__init__()
        self.how = how
        self.fc = nn.Linear(3, 4)

    def forward(self, x: Tensor) -> Tensor:
        if self.how == Pool.MAX:
            x = x.amax((2, 3))
        elif self.how.value == "mean":
            x = x.mean((2, 3))
        else:
            raise ValueError(self.how.name)
        logits: Tensor = self.fc(x)
        return logits


@pytest.mark.parametrize("how", list(Pool))
def test_an_enumeration_comes_from_the_archive(how: Pool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    net = settled(Chooses(how))
    path = save_script(net, tmp_path / "a.pt")
    known = torch.jit._state._name_to_pyclass
    names = [name for name in known if name.endswith(".Pool")]
    assert names
    for name in names:
        monkeypatch.delitem(known, name)
    x = torch.rand(2, 3, 5, 5)
    assert relative(load_model(path, None, InputSpec(shape=(3, 5, 5)))(x), net(x)) < 1e-6
    assert not any(name in known for name in names)

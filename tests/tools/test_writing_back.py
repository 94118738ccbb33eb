"""The tool that tells which formats come back finds the one that does not."""

from pathlib import Path

import pytest
import torch
from torch import nn

from openapi.models import InputSpec
from tests.tools.writing_back import returned
from workers.hardening.checkpoints import WRITERS
from workers.models.audited import AuditedModel
from workers.models.export import write_safetensors, write_torchscript
from workers.models.from_module import audit_module

pytestmark = pytest.mark.slow


def small(seed: int) -> AuditedModel:
    torch.manual_seed(seed)
    net = nn.Sequential(nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.Flatten(), nn.Linear(144, 3))
    return audit_module(net.eval(), InputSpec(shape=(1, 8, 8)))


def test_every_format_comes_back(tmp_path: Path) -> None:
    found = returned(small(0), tmp_path)
    assert (found.counted, found.failures) == ("4 of 4", {})
    assert found.worst < 1e-6
    assert not list(tmp_path.iterdir())


def test_what_is_another_network_did_not_come_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = small(1)
    monkeypatch.setitem(WRITERS, "torchscript", ("w.pt", lambda _, path: write_torchscript(other, path)))
    monkeypatch.setitem(WRITERS, "safetensors", ("w.st", lambda _, path: write_safetensors(other, path)))
    monkeypatch.setitem(WRITERS, "pt2", ("w.pt2", lambda _, path: path.write_bytes(b"no program")))
    found = returned(small(0), tmp_path)
    assert found.counted == "1 of 4"
    assert found.failures.keys() == {"torchscript", "safetensors", "pt2"}
    assert "read again, it differs by" in found.failures["torchscript"]
    assert found.reasons[0].startswith(("torchscript: ", "pt2: "))

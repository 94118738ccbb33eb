"""A training that torch's launcher spreads over two processes ends with the weights of one."""

import json
import os
import subprocess
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from torch import nn

from openapi.models import InputSpec
from openapi.problems import InvalidField
from tests.workers.hardening.nets import TinyNet, options, shipped
from workers.hardening.adversary import Climb, climb_cross_entropy, climb_divergence
from workers.hardening.data import TrainingSet
from workers.hardening.ranks import Ranks
from workers.hardening.run import harden
from workers.models.audited import AuditedModel
from workers.models.load import load_model

ROOT = Path(__file__).parents[3]
COMMON: dict[str, Any] = {
    "epochs": 2, "pairs": 20, "batch_size": 25, "optimizer": "sgd", "lr": 1e-3, "max_samples": None, "validation": 0.2,
}  # fmt: skip


def test_rows_are_shared_without_rest() -> None:
    for n in (3, 25, 64):
        rows = [Ranks(rank, 3).rows(n) for rank in range(3)]
        assert [i for s in rows for i in range(s.start, s.stop)] == list(range(n))
    with pytest.raises(InvalidField, match="3 processes"):
        Ranks(0, 3).rows(2)


@pytest.mark.parametrize("climb", [climb_cross_entropy, climb_divergence])
def test_the_adversaries_of_a_part_are_those_of_the_whole_batch(fresh: Callable[..., AuditedModel], climb: Any) -> None:
    attacked = fresh(norm=True).freeze()
    pixels, labels = shipped("train", 9)
    x, y = torch.from_numpy(pixels).float() / 255, torch.from_numpy(labels).long()

    def made(rows: slice | None) -> torch.Tensor:
        found: torch.Tensor = climb(attacked, x, y, Climb(0.1, 2, 0.04, torch.Generator().manual_seed(1), rows=rows))
        return found

    whole = made(None)
    parts = [made(Ranks(rank, 2).rows(9)) for rank in range(2)]
    torch.testing.assert_close(torch.cat([parts[0][:4], parts[1][4:]]), whole, rtol=1e-5, atol=1e-6)
    torch.testing.assert_close(parts[0][4:], x[4:], rtol=0, atol=0)


@pytest.mark.slow
@pytest.mark.parametrize(
    "change",
    [
        {
            "selection": "dynamic", "averaging": 0.9, "choose_by": "mean", "augment": ["crop"], "awp": 0.01,
            "accumulate": 2, "max_grad_norm": 1.0,
        },
        # A bias under a norm has no gradient but rounding, of which these two would make a whole move: it stays.
        {"method": "at", "optimizer": "muon", "averaging": 0.9},
        {"method": "at", "optimizer": "adam"},
    ],
    ids=["everything", "muon", "adam"],
)  # fmt: skip
def test_two_processes_give_the_weights_of_one(vanilla_norm: nn.Module, tmp_path: Path, change: dict[str, Any]) -> None:
    x, y = shipped("train", 120)
    np.savez(tmp_path / "train.npz", x=x.reshape(-1, 28, 28), y=y)
    uploaded, copied = vanilla_norm, TinyNet(norm=True)
    copied.load_state_dict(uploaded.state_dict())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        torch.jit.script(copied.eval()).save(str(tmp_path / "model.pt"))
    settings = options(**{**COMMON, **change})
    config = {"config": settings.model_dump(mode="json", by_alias=True), "seed": 3, "input": {"shape": [1, 28, 28]}}
    (tmp_path / "settings.json").write_text(json.dumps(config))
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    command += [
        "-m",
        "workers.hardening.launch",
        "model.pt",
        "train.npz",
        "--settings",
        "settings.json",
        "--out",
        "out",
    ]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", "CUDA_VISIBLE_DEVICES": ""}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr

    alone = load_model(tmp_path / "model.pt", None, InputSpec(shape=(1, 28, 28)))
    harden(alone, TrainingSet(x, y), settings, seed=3)
    found = load_file(tmp_path / "out" / "hardened.safetensors")
    for name, value in alone.graph.state_dict().items():
        torch.testing.assert_close(found[name], value, rtol=1e-5, atol=1e-5)
    assert not torch.equal(found["norm2.running_mean"], uploaded.state_dict()["norm2.running_mean"])
    assert {"manifest.json", "log.jsonl", "hardened.onnx", "hardened.pt"} <= {
        f.name for f in (tmp_path / "out").iterdir()
    }

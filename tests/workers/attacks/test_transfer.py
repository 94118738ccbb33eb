"""The stage `transfer`: examples of one file, tried on another."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from openapi.models import InputSpec
from openapi.stages.base import Stage
from tests.workers.hardening.nets import TinyNet, shipped
from workers.attacks.ball.pairs import dual_pairs
from workers.jobs.context import JobContext
from workers.jobs.running import run_stage
from workers.models.export import write_torchscript
from workers.models.from_module import audit_module

SPEC = InputSpec(shape=(1, 28, 28))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("transfer")
    x, y = shipped("holdout", 24)
    np.save(folder / "x.npy", x)
    np.save(folder / "y.npy", y)
    for seed, name in enumerate(("model", "source")):
        torch.manual_seed(seed)
        write_torchscript(audit_module(TinyNet(), SPEC), folder / f"{name}.pt")
    return folder


def run(folder: Path, scratch: Path, *, source: bool, start: int = 0, stop: int = 24) -> tuple[dict[str, Any], Any]:
    contract = {"format": "torchscript", "input": SPEC.model_dump(mode="json")}
    inputs = {"x": folder / "x.npy", "y": folder / "y.npy", "model": folder / "model.pt"}
    inputs |= {"source": folder / "source.pt"} if source else {}
    params = {
        "model": contract,
        "source": contract if source else None,
        "attack": {"name": "pgd", "eps": 0.3, "steps": 5},
        "start": start,
        "stop": stop,
        "seed": 3,
    }
    scratch.mkdir()
    ctx = JobContext(inputs, params, scratch)
    value = run_stage(Stage.TRANSFER, ctx)
    with np.load(ctx.files["samples"].path) as table:
        return value, dict(table)


def test_examples_of_one_model_on_another(folder: Path, tmp_path: Path) -> None:
    value, table = run(folder, tmp_path / "whole", source=True)
    torch.manual_seed(0)
    model = TinyNet().eval()
    torch.manual_seed(1)
    source = TinyNet().eval()
    x, y = torch.from_numpy(shipped("holdout", 24)[0]).float() / 255, torch.from_numpy(shipped("holdout", 24)[1])
    x_adv = dual_pairs(source, x, y, torch.arange(24), seed=3, eps=0.3, steps=5)
    with torch.no_grad():
        clean, after = model(x).argmax(1), model(x_adv).argmax(1)
    assert table["adv_predicted"].tolist() == after.tolist()
    assert table["success"].tolist() == ((clean == y) & (after != y)).tolist()
    assert value["success"] == int(table["success"].sum())
    assert np.nanmax(np.append(table["distance"], 0.0)) <= 0.3 + 1e-6


@pytest.mark.slow
def test_slices_are_the_whole(folder: Path, tmp_path: Path) -> None:
    _, whole = run(folder, tmp_path / "all", source=True)
    parts = [run(folder, tmp_path / f"{a}", source=True, start=a, stop=b)[1] for a, b in ((0, 10), (10, 24))]
    for name, column in whole.items():
        np.testing.assert_array_equal(np.concatenate([part[name] for part in parts]), column)


def test_without_an_operator_that_hides_its_gradient_nothing_is_made(folder: Path, tmp_path: Path) -> None:
    value, table = run(folder, tmp_path / "twin", source=False)
    assert (value["figures"], value["success"], value["forward_passes"]) == ({"operators": {}}, 0, 0)
    assert table["index"].tolist() == list(range(24))

"""A method that nobody knew is one entry: its name, weight and definition, and beside them its loss and adversary."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from pydantic import ValidationError
from torch import Tensor, nn
from torch.nn import functional as F

from openapi.attacks import Fgsm
from openapi.hardening_methods import METHODS, HardeningMethod
from openapi.hardening_options import HardenOptions
from openapi.stages.base import Stage
from tests.workers.hardening.nets import options, shipped
from tests.workers.hardening.stage import context
from tests.workers.reports.planted import Planted
from workers.attacks.engine.victim import Logits
from workers.hardening.adversary import Climb
from workers.hardening.data import TrainingSet
from workers.hardening.methods import TRAININGS, Training
from workers.hardening.training import Hardener
from workers.jobs.context import JobContext
from workers.jobs.running import run_stage
from workers.models.audited import AuditedModel


def noise(attacked: Logits, x: Tensor, y: Tensor, how: Climb) -> Tensor:
    """A corner of the ball at random."""
    drawn = torch.rand(x.shape, generator=how.generator)
    return (x + how.eps * (drawn - 0.5).sign()).clamp(0, 1)


def smoothing(z: Tensor, y: Tensor, weight: float) -> Tensor:
    benign, noisy = z.chunk(2)
    return F.cross_entropy(benign, y) + weight * F.mse_loss(benign, noisy)


@pytest.fixture(autouse=True)
def _made_up(monkeypatch: pytest.MonkeyPatch) -> None:
    entry = HardeningMethod(name="noise", definition="made up: pairs of logits in noise", regulariser=3.0)
    monkeypatch.setitem(METHODS, "noise", entry)
    monkeypatch.setitem(TRAININGS, "noise", Training(smoothing, noise))


def test_it_can_be_asked_for() -> None:
    assert HardenOptions.model_json_schema()["properties"]["method"]["enum"][-1] == "noise"
    with pytest.raises(ValidationError, match=r"'trades', 'mart', .* or 'noise'"):
        HardenOptions(method="nois")


@pytest.mark.parametrize(("asked", "weight"), [(None, 3.0), (0.5, 0.5)])
def test_its_own_loss_and_adversary_are_trained_on(
    fresh: Callable[..., AuditedModel], asked: float | None, weight: float
) -> None:
    data = TrainingSet(*shipped("train", 50))
    hardener = Hardener(fresh(), data, options(method="noise", regulariser=asked, pairs=20), seed=0)
    rows = next(hardener.prepared(data.shuffled(50, 0, 1), 1, 0))
    x_adv = hardener.adversary(rows, 1.0)
    assert set(((x_adv - rows.x).abs() * 100).round().unique().tolist()) <= set(range(9))
    loss, _, penalty = hardener.steps.losses(rows, x_adv)
    z, z_adv = hardener.model(rows.x), hardener.model(x_adv)
    torch.testing.assert_close(loss, F.cross_entropy(z, rows.y) + weight * F.mse_loss(z, z_adv))
    assert penalty == 0


@pytest.mark.slow
def test_it_is_trained_and_stands_in_manifest_and_report(vanilla: nn.Module, tmp_path: Path) -> None:
    ctx = context(vanilla, tmp_path)
    params = {**ctx.params, "harden": {**ctx.params["harden"], "method": "noise"}}
    trained = run_stage(Stage.HARDEN, JobContext(ctx.inputs, params, ctx.scratch, files=ctx.files))
    assert trained["log"][-1]["loss"] > 0
    assert json.loads(ctx.files["manifest"].path.read_text())["config"]["method"] == "noise"

    shards, cuts = Planted(tmp_path), [(0, 60)]
    shards.attack(0, np.arange(60) >= 6, cuts)
    shards.attack(0, np.arange(60) >= 40, cuts, "after.")
    told = shards.params([Fgsm(eps=0.03)], cuts, kind="hardening", training=trained)
    told["request"] = {
        "model_id": "mdl_1", "train_dataset_id": "dst_0", "eval_dataset_id": "dst_1", "attacks": told["attacks"],
        "method": "noise",
    }  # fmt: skip
    written = JobContext(shards.inputs, told, tmp_path)
    assert run_stage(Stage.REPORT, written)["verdict"] == "pass"
    report = json.loads(written.files["report"].path.read_text())
    assert report["hardening"]["method"] == "noise"
    assert report["definitions"]["hardening"] == "made up: pairs of logits in noise"
    assert "hardened by <strong>noise</strong>" in written.files["html"].path.read_text()


def test_every_method_has_both_halves() -> None:
    assert {name for name, method in METHODS.items() if method.kind != "edit"} == set(TRAININGS)

"""The model card: numbers of the comparison, lineage, and names that cannot break out of it."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from openapi.hardenings import HardeningRequest
from openapi.stages.base import Stage
from openapi.stages.harden import HardenValue
from tests.workers.reports.planted import build
from tests.workers.reports.test_hardening import TRAINING, N, shards_and_params
from workers.jobs.context import JobContext
from workers.jobs.running import run_stage
from workers.reports.build import Built
from workers.reports.card import model_card
from workers.reports.formatting import threat_text

NASTY = 'a|b" <img src=x onerror=alert(1)>\n---\nlicense: mit'


def made(folder: Path, **request: Any) -> tuple[Built, str]:
    shards, params = shards_and_params(folder, [N >= 40] * 3, clean_after=N >= 12)
    params["request"] |= request
    params["model"] = {**params["model"], "name": NASTY}
    found = build(params, shards.inputs)
    assert found.metrics is not None
    asked = HardeningRequest.model_validate(params["request"])
    return found, model_card(found.report, asked, found.metrics, None)


def header(card: str) -> dict[str, Any]:
    """The YAML between the first two lines of dashes; each line's value is JSON."""
    lines = card.splitlines()
    assert lines[0] == "---"
    fields = [line.partition(": ") for line in lines[1 : lines.index("---", 1)]]
    return {key: json.loads(value) for key, _, value in fields}


def test_the_header_has_the_numbers_after_hardening(tmp_path: Path) -> None:
    found, card = made(tmp_path, name="tough")
    (entry,) = header(card)["model-index"]
    metrics = {m["name"]: m["value"] for m in entry["results"][0]["metrics"]}
    assert entry["name"] == "tough"
    assert metrics["Clean accuracy"] == 48 / 60
    assert found.metrics is not None
    worst = found.metrics.after.worst_case[0]
    assert metrics[f"Robust accuracy, {threat_text(worst)}, worst case"] == worst.robust_accuracy == 28 / 60
    assert "| clean | 90.0 % (79.9 to 95.3) | 80.0 % (68.2 to 88.2) |" in card
    assert np.isclose(found.metrics.before.clean.accuracy, 0.9)


def test_hostile_names_stay_names(tmp_path: Path) -> None:
    _, card = made(tmp_path)
    assert set(header(card)) == {"tags", "pipeline_tag", "model-index"}
    assert header(card)["model-index"][0]["name"].startswith('a|b" <img')
    body = card.split("---\n", 2)[2]
    assert body.count("<img") == body.count("\\<img") > 0
    assert not [line for line in body.splitlines() if line == "---" or line.startswith("license")]
    rows = [line for line in body.splitlines() if "parent model" in line]
    assert len(rows) == 1


def test_the_report_stage_leaves_it_for_a_hardening(tmp_path: Path) -> None:
    shards, params = shards_and_params(tmp_path, [N >= 40] * 3)
    training = {**TRAINING, "delivered": 1}
    training["frontier"] = {
        "goal": {"clean_drop": 0.02, "robust_accuracy": None}, "met": False, "delivered": 0.4,
        "points": [{"share": 0.4, "clean_accuracy": 0.8, "robust_accuracy": 0.3}],
    }  # fmt: skip
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    learnt = {"id": "dst_1", "sha256": "ab" * 32, "name": "learnt|.npz"}
    given = params | {"training": training, "trained_on": learnt}
    ctx: JobContext[dict[str, Any]] = JobContext(shards.inputs, given, scratch)
    run_stage(Stage.REPORT, ctx)
    card = ctx.files["card"].path.read_text()
    assert (ctx.files["card"].name, ctx.files["card"].kind, ctx.files["card"].format) == ("model_card.md", "card", "md")
    assert "epoch 1 were chosen" in card
    assert f"| training data | learnt\\|.npz | `{'ab' * 32}` |" in card
    assert "Weights 0.4 of the way from the uploaded to the hardened ones: what comes nearest to the goal" in card
    page = ctx.files["html"].path.read_text()
    assert "the share 0.4, delivered, comes nearest to the goal" in page


def test_what_fewer_bits_and_an_epoch_of_the_run_came_to_is_told(tmp_path: Path) -> None:
    shards, params = shards_and_params(tmp_path, [N >= 40] * 3)
    goal = {"clean_drop": 0.02, "robust_accuracy": None}
    training = HardenValue.model_validate(
        {
            **TRAINING,
            "frontier": {
                "goal": goal, "met": True, "delivered": 0.4, "delivered_epoch": 2,
                "points": [{"share": 0.4, "clean_accuracy": 0.8, "robust_accuracy": 0.3}],
                "epochs": [{"epoch": 2, "clean_accuracy": 0.85, "robust_accuracy": 0.35}],
            },
            "halved": {
                "precision": "float16", "n": 30, "judged_on": "validation", "accuracy": 0.5, "float_accuracy": 0.6,
                "robust_accuracy": 0.1, "float_robust_accuracy": 0.2,
            },
            "quantised": {
                "calibrated_on": 9, "n": 30, "judged_on": "validation", "accuracy": 0.5, "float_accuracy": 0.6,
                "agreement": 0.9, "robust_accuracy": 0.3, "float_robust_accuracy": 0.4,
            },
        }
    )  # fmt: skip
    found = build(params, shards.inputs)
    assert found.metrics is not None
    card = model_card(found.report, HardeningRequest.model_validate(params["request"]), found.metrics, training)
    assert "The weights of epoch 2: what meets the goal on the validation split." in card
    assert "60.0 % (under PGD 20.0 %) before rounding and 50.0 % (under PGD 10.0 %) after" in card
    assert "it holds 30.0 %, the file in floats 40.0 %" in card


@pytest.mark.parametrize(
    ("method", "said"),
    [
        ("sns", "Stabilised layers: `conv1`, `conv2`."),
        ("pat", "What was trained: everything from `conv1` upwards."),
        ("rift", "The layer that was trained: `conv1`, `conv2`."),
        ("meansparse", None),
    ],
)
def test_only_a_method_that_stabilises_layers_is_said_to(tmp_path: Path, method: str, said: str | None) -> None:
    shards, params = shards_and_params(tmp_path, [N >= 40] * 3)
    found = build(params, shards.inputs)
    assert found.metrics is not None
    asked = HardeningRequest.model_validate(params["request"]).model_copy(update={"method": method})
    training = HardenValue.model_validate({**TRAINING, "layers": ["conv1", "conv2"]})
    lines = model_card(found.report, asked, found.metrics, training).splitlines()
    told = [line for line in lines if "tabilised layers" in line or "trained: " in line]
    assert told == ([] if said is None else [said])

"""What was found out before a training stands in the report and on its page."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from openapi.attacks import Fgsm
from openapi.stages.base import Stage
from tests.service.worker import TRAINED
from tests.workers.reports.planted import Planted
from workers.jobs.context import JobContext
from workers.jobs.running import run_stage

LAYERS = [
    {"layer": "conv1", "accuracy_lost": 0.25, "loss_rise": 1.5},
    {"layer": "fc", "accuracy_lost": 0.0, "loss_rise": 0.125},
]
AUTO = {
    "layers": ["conv1"], "lambda": 0.25,
    "criticality": {"by": "weights", "eps": 0.03, "accuracy": 0.75, "layers": LAYERS},
    "trials": [{"lambda": factor, "clean_accuracy": 0.9, "robust_accuracy": factor} for factor in (0.01, 0.05, 0.25)],
    "plan": {"seconds": 60.0, "seconds_per_batch": 0.5, "seconds_per_judgement": 1.0, "epochs": 7},
}  # fmt: skip
SPARSE = {
    "sparsity": 0.25,
    "looked_at": [{"sparsity": 0.25, "clean_accuracy": 0.875, "robust_accuracy": 0.5, "straight_through": 0.375}],
}


@pytest.mark.parametrize(
    ("decided", "asked", "words"),
    [
        (
            AUTO,
            {"layers": "auto", "lambda_choice": "search", "validation": 0.1, "budget": {"seconds": 60}},
            ["with the layer at its worst weights nearby",
             '25.0 %</data></td><td class="r">1.500</td><td>yes</td>',
             "λ = 0.25 did best", "stabilised. Of 0.01", "</data> epochs in 60.0 seconds"],
        ),
        (SPARSE, {"method": "meansparse", "validation": 0.1}, ["Nothing was trained: features within 0.25", "37.5 %"]),
    ],
    ids=["auto", "meansparse"],
)  # fmt: skip
def test_it_is_told(tmp_path: Path, decided: dict[str, Any], asked: dict[str, Any], words: list[str]) -> None:
    shards, cuts = Planted(tmp_path), [(0, 60)]
    shards.attack(0, np.arange(60) >= 6, cuts)
    shards.attack(0, np.arange(60) >= 40, cuts, "after.")
    training = {**TRAINED.dump(), "decided": decided}
    told = shards.params([Fgsm(eps=0.03)], cuts, kind="hardening", training=training)
    told["request"] = {
        "model_id": "mdl_1", "train_dataset_id": "dst_0", "eval_dataset_id": "dst_1", "attacks": told["attacks"],
        **asked,
    }  # fmt: skip
    written = JobContext(shards.inputs, told, tmp_path)
    run_stage(Stage.REPORT, written)
    report = json.loads(written.files["report"].path.read_text())
    assert report["hardening"]["decided"] == decided
    page = written.files["html"].path.read_text()
    assert [text for text in words if text not in page] == []
    defined = report["definitions"]
    if "layers" in asked:
        assert defined["hardening.layers"].startswith("ours: the layers that lose more than the mean layer")
        assert defined["hardening.lambda"].startswith("ours: the best of lambda / 5")
    else:
        assert "straight-through gradients" in defined["hardening"]

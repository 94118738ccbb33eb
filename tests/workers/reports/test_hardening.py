"""The comparison before and after a hardening: verdicts, gains, and its place in reports."""

import base64
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from openapi.attacks import Cw, Fgsm, Pgd
from openapi.report import Report
from openapi.stages.base import Stage
from openapi.stages.comparison import ComparedImages
from tests.workers.reports.planted import LAYERS, Planted, build
from workers.jobs.context import JobContext
from workers.jobs.running import run_stage
from workers.reports.build import Built

SPECS = [Fgsm(eps=0.03), Pgd(eps=0.03, steps=20), Pgd(norm="l2", eps=0.5)]
CUTS = [(0, 25), (25, 60)]
N = np.arange(60)
SEEN = {"l_adv": None, "l_sns": None, "sensitivity": 0.2, "lr": 0.002, "seconds": 1.0}
LOG = [
    {"epoch": 0, "loss": None, "clean_accuracy": 0.9, "robust_accuracy": 0.1, **SEEN},
    {"epoch": 1, "loss": 1.5, "clean_accuracy": 0.85, "robust_accuracy": 0.5, **SEEN},
    {"epoch": 2, "loss": 1.2, "clean_accuracy": 0.84, "robust_accuracy": 0.6, **SEEN},
]
INSPECTION = {
    "format": "onnx",
    "input": {"shape": [1, 4, 4]},
    "num_classes": 10,
    "num_parameters": 1234,
    "trainable": True,
    "differentiable": True,
    "layers": LAYERS,
}
TRAINING = {
    "inspection": INSPECTION,
    "uploaded_format": "onnx",
    "not_written": {},
    "log": LOG,
    "layers": ["conv.0"],
    "frozen": [],
    "omega": {"conv.0": [19, 18]},
}


def shards_and_params(
    folder: Path, after: Sequence[Any], clean_after: Any = None, max_clean_drop: float = 0.15
) -> tuple[Planted, dict[str, Any]]:
    shards = Planted(folder)
    for i in range(3):
        shards.attack(i, N >= 6, CUTS)
        shards.attack(i, after[i], CUTS, "after.", correct=clean_after)
    params = shards.params(SPECS, CUTS, kind="hardening", training=TRAINING)
    request = {
        "model_id": "mdl_1",
        "train_dataset_id": "dst_0",
        "eval_dataset_id": "dst_1",
        "attacks": params["attacks"],
        "max_clean_drop": max_clean_drop,
    }
    return shards, params | {"request": request}


def comparison(found: Built) -> dict[str, Any]:
    """The stored comparison of a hardening's report."""
    assert found.metrics is not None
    return found.metrics.dump()


def built(folder: Path, *args: Any, **kwargs: Any) -> Built:
    shards, params = shards_and_params(folder, *args, **kwargs)
    return build(params, shards.inputs)


def test_a_success(tmp_path: Path) -> None:
    found = built(tmp_path, [N >= 40] * 3)
    assert found.report.verdict.status == "pass"
    before, after = comparison(found)["before"], comparison(found)["after"]
    assert before["worst_case"][0]["robust"] == 6
    assert after["worst_case"][0]["robust"] == 36
    assert [a["id"] for a in after["attacks"]] == [a["id"] for a in before["attacks"]]
    assert before["clean"] == after["clean"]
    gain = comparison(found)["gains"][0]
    assert gain.pop("threat")["label"] == "L∞, ε\u00a0=\u00a00.03"
    assert gain == {
        "threat_model": "linf eps=0.03",
        "before": 6,
        "after": 36,
        "n": 60,
        "gain": 0.5,
        "gained": 30,
        "lost": 0,
        "beyond_chance": True,
        "p": 2 * 0.5**30,
    }
    ids = [c.id for c in found.report.checks]
    assert "iterative-beats-single-step" in ids
    assert "after.iterative-beats-single-step" in ids


def test_too_large_a_clean_drop_is_never_a_success(tmp_path: Path) -> None:
    worse = N % 10 < 7  # 54 → 42 of 60
    assert built(tmp_path, [N >= 40] * 3, worse).report.verdict.status == "fail"
    assert built(tmp_path, [N >= 40] * 3, worse, 0.2).report.verdict.status == "pass"


def test_no_rise_is_never_a_success(tmp_path: Path) -> None:
    assert built(tmp_path, [N >= 6] * 3).report.verdict.status == "fail"
    assert built(tmp_path, [N >= 0] * 3).report.verdict.status == "fail"
    one_falls = built(tmp_path, [N >= 40, N >= 40, N >= 3]).report.verdict
    assert one_falls.status == "fail"
    assert {r.metric: r.status for r in one_falls.rules}["hardening.gains.l2 eps=0.5.gain"] == "fail"


def test_a_rise_within_chance_is_inconclusive(tmp_path: Path) -> None:
    verdict = built(tmp_path, [N >= 8] * 3).report.verdict
    assert verdict.status == "inconclusive"
    assert "2 samples gained and 0 lost" in str(verdict.rules[1].detail)


def test_unbounded_attacks_do_not_decide(tmp_path: Path) -> None:
    specs = [Pgd(eps=0.03), Cw()]
    shards = Planted(tmp_path)
    for prefix, fooled in (("", N >= 6), ("after.", N >= 40)):
        shards.attack(0, fooled, CUTS, prefix)
        shards.attack(1, N >= 0, CUTS, prefix)
    params = shards.params(specs, CUTS, kind="hardening")
    ids = {"model_id": "mdl_1", "train_dataset_id": "dst_0", "eval_dataset_id": "dst_1"}
    report = build(params | {"request": ids | {"attacks": params["attacks"]}}, shards.inputs).report
    assert report.verdict.status == "pass"
    assert report.hardening is not None
    assert [g["threat_model"] for g in report.hardening["gains"]] == ["linf eps=0.03", "l2 minimal"]


def test_worst_case_decides_not_a_single_attack(tmp_path: Path) -> None:
    masked = built(tmp_path, [N >= 55, N >= 6, N >= 40]).report.verdict
    assert masked.status == "fail"


def test_rules_are_paths_into_the_report(tmp_path: Path) -> None:
    from workers.reports.metrics import metric

    report = built(tmp_path, [N >= 40] * 3).report
    for rule in report.verdict.rules:
        assert metric(report.model_dump(mode="json"), rule.metric) == pytest.approx(rule.actual)


def test_the_stage(tmp_path: Path) -> None:
    shards, params = shards_and_params(tmp_path, [N >= 40] * 3)
    (tmp_path / "scratch").mkdir()
    ctx = JobContext(shards.inputs, params, tmp_path / "scratch")
    value = run_stage(Stage.REPORT, ctx)
    assert value["verdict"] == "pass"
    assert set(value["metrics"]) >= {"before", "after", "gains", "rules"}
    report = Report.model_validate_json(ctx.files["report"].path.read_text())
    assert report.hardening is not None
    assert report.hardening["after"] == value["metrics"]["after"]
    assert len(ctx.files["samples.after"].path.read_text().splitlines()) == 60
    page = ctx.files["html"].path.read_text()
    assert 'id="hardening"' in page
    assert "Accuracy on training samples" in page


def test_pictures_of_images_won_and_lost(tmp_path: Path) -> None:
    """Under the attack that fooled the model which does not hold them; without examples there are none."""
    shards, params = shards_and_params(tmp_path, [N < 4, N < 4, N < 4])
    (tmp_path / "scratch").mkdir()
    pixels = np.random.default_rng(0).integers(0, 256, (60, 1, 4, 4), dtype=np.uint8)
    np.save(tmp_path / "images.npy", pixels)
    for prefix, shift in (("", 10), ("after.", 20)):
        for i in range(3):
            for j, (a, b) in enumerate(CUTS):
                path = tmp_path / f"{prefix}examples.{i}.{j}.npz"
                moved = (pixels[a:b].astype(np.float32) * 0 + shift + i) / 255
                np.savez(path, x=moved, index=np.arange(a, b), label=shards.label[a:b], success=np.zeros(b - a, bool))
                shards.inputs[f"{prefix}examples.{i}.{j}"] = path
    ctx = JobContext({**shards.inputs, "images": tmp_path / "images.npy"}, params, tmp_path / "scratch")
    run_stage(Stage.REPORT, ctx)
    file = ctx.files["compared"]
    assert (file.name, file.kind, file.format) == ("compared.json", "pictures", "json")
    found = ComparedImages.model_validate_json(file.path.read_text()).images
    won, lost = [one for one in found if one.won], [one for one in found if not one.won]
    fooled = shards.correct & (N >= 6)
    assert len(won) == 32  # of 48
    assert {one.index for one in won} <= set(np.flatnonzero(fooled))
    assert len({one.label for one in won}) == len(set(shards.label[fooled]))  # every class has its turn
    assert {one.index for one in lost} == set(np.flatnonzero(shards.correct & (N < 4)))
    strongest = params["attacks"][0]["id"]
    for one in found:
        assert one.attack == strongest
        assert (one.before.fooled, one.after.fooled) == (one.won, not one.won)
        assert one.label == shards.label[one.index]
        fell, held = (one.before, one.after) if one.won else (one.after, one.before)
        assert (fell.predicted, held.predicted) == ((one.label + 3) % 10, one.label)
        assert (_levels(one.before.picture), _levels(one.after.picture)) == ({10}, {20})
        assert _levels(one.benign) == set(pixels[one.index].ravel().tolist())
    assert "pictures" not in ctx.files


def _levels(uri: str) -> set[int]:
    data = base64.b64decode(uri.removeprefix("data:image/png;base64,"))
    return set(np.asarray(Image.open(io.BytesIO(data))).ravel().tolist())


def test_an_audit_carries_the_comparison_of_its_hardening(tmp_path: Path) -> None:
    numbers = comparison(built(tmp_path, [N >= 40] * 3))
    shards = Planted(tmp_path)
    for i in range(3):
        shards.attack(i, N >= 6, CUTS)
    rule = {"metric": "hardening.after.worst_case.robust_accuracy", "op": ">=", "value": 0.55}
    request = {"policy": {"rules": [rule]}, "neurons": None, "harden": {"train_dataset_id": "dst_0"}}
    facts = {
        "id": "hrd_1",
        "model_id": "mdl_2",
        "verdict": "pass",
        "layers": ["a"],
        "frozen": [],
        "log": [],
        **numbers,
    }
    params = shards.params(SPECS, CUTS, request=request, hardening=facts)
    report = build(params, shards.inputs).report
    assert report.hardening is not None
    assert report.hardening["after"]["clean"]["accuracy"] == 0.9
    assert (report.verdict.status, report.verdict.rules[0].actual) == ("pass", 0.6)


def test_formats_that_could_not_be_written_stand_among_the_warnings_of_both_reports(tmp_path: Path) -> None:
    shards, params = shards_and_params(tmp_path, [N >= 40] * 3)
    training = TRAINING | {"not_written": {"onnx": "no kthvalue", "int8": "it is made of the ONNX file"}}
    own = build(params | {"training": training}, shards.inputs)
    facts = {"id": "hrd_1", "model_id": "mdl_2", "verdict": "pass", "layers": ["a"], "frozen": [], "log": []}
    request = {"neurons": None, "harden": {"train_dataset_id": "dst_0"}}
    audits = shards.params(SPECS, CUTS, request=request, hardening=facts | comparison(own))
    plain = build(params, shards.inputs).report
    for report in (own.report, build(audits, shards.inputs).report):
        (check,) = [c for c in report.checks if c.id == "checkpoints"]
        assert check.status == "skipped", "no reason to doubt a number"
        assert report.model.warnings == (*plain.model.warnings, check.detail)
        assert "could not be written as onnx: no kthvalue; the hardened" in check.detail
    assert not [c for c in plain.checks if c.id == "checkpoints"]


def test_images_that_were_trained_on_stand_among_the_warnings_of_both_reports(tmp_path: Path) -> None:
    shards, params = shards_and_params(tmp_path, [N >= 40] * 3)
    pixels = np.random.default_rng(1).integers(0, 256, (2 * len(N), 1, 4, 4), dtype=np.uint8)
    np.save(tmp_path / "trained.npy", pixels[len(N) - 5 :])
    np.save(tmp_path / "evaluated.npy", pixels[: len(N)])
    given = {"trained": tmp_path / "trained.npy", "evaluated": tmp_path / "evaluated.npy"}
    own = build(params, {**shards.inputs, **given})
    facts = {"id": "hrd_1", "model_id": "mdl_2", "verdict": "pass", "layers": ["a"], "frozen": [], "log": []}
    request = {"neurons": None, "harden": {"train_dataset_id": "dst_0"}}
    audits = shards.params(SPECS, CUTS, request=request, hardening=facts | comparison(own))
    for report in (own.report, build(audits, shards.inputs).report):
        (check,) = [c for c in report.checks if c.id == "held-out"]
        assert (check.status, check.numbers["shared"]) == ("fail", 5)
        assert report.dataset.warnings == (check.detail,)
        assert f"5 of the {len(N)} images that were evaluated are among the {len(N) + 5}" in check.detail

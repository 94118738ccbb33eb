"""Reports of planted numbers: every figure comes back, whatever the slices."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from openapi.attacks import Fgsm, Pgd
from openapi.audits import SampleResult
from openapi.problems import JobFailed, problem
from openapi.report import Report
from openapi.stages.base import Stage
from tests.workers.reports.planted import Planted, build
from workers.jobs.context import JobContext
from workers.jobs.running import run_stage

SPECS = [Fgsm(eps=0.03), Pgd(eps=0.03, steps=20), Pgd(norm="l2", eps=0.5)]
ONE, THREE = [(0, 60)], [(0, 7), (7, 40), (40, 60)]
N = np.arange(60)
FOOLED = [N % 2 == 0, N % 3 > 0, N < 30]


def planted(folder: Path, cuts: list[tuple[int, int]]) -> Planted:
    shards = Planted(folder)
    for i, fooled in enumerate(FOOLED):
        shards.attack(i, fooled, cuts)
    shards.sums(cuts)
    return shards


def test_planted_numbers_come_back(tmp_path: Path) -> None:
    shards = planted(tmp_path, ONE)
    report = build(shards.params(SPECS, ONE), shards.inputs).report
    ok = shards.correct
    assert (report.clean.correct, report.clean.n, report.clean.accuracy) == (54, 60, 0.9)
    for attack, fooled in zip(report.attacks, FOOLED, strict=True):
        robust, hits = int((ok & ~fooled).sum()), int((ok & fooled).sum())
        assert (attack.robust, attack.n, attack.robust_accuracy) == (robust, 60, robust / 60)
        assert attack.success_rate == hits / 54
        assert attack.ci95[0] < robust / 60 < attack.ci95[1]
        assert attack.forward_passes == 20 * 60 / 54
        distances = (0.01 * (1 + N % 3))[ok & fooled]
        assert attack.distance.mean == pytest.approx(distances.mean())
        assert attack.distance.median == np.median(distances)
        assert attack.distance.max == distances.max()
        assert attack.distance.histogram is not None
        assert sum(attack.distance.histogram.counts) == hits
        assert sum(c.robust for c in attack.by_class) == robust
    assert [a.distance.norm for a in report.attacks] == ["linf", "linf", "l2"]
    linf, l2 = report.worst_case
    assert linf.robust == int((ok & ~FOOLED[0] & ~FOOLED[1]).sum())
    assert linf.attacks == ("fgsm-linf-0.03", "pgd-linf-0.03-20")
    assert (l2.threat_model, l2.robust) == ("l2 eps=0.5", report.attacks[2].robust)
    first, second = report.attacks[0].figures["confusions"], report.attacks[0].figures["successes"]
    assert sum(times for _, _, times in first) <= second
    assert all((true + 3) % 10 == after for true, after, _ in first)


def test_neurons_come_back(tmp_path: Path) -> None:
    shards = planted(tmp_path, THREE)
    report = build(shards.params(SPECS, THREE), shards.inputs).report
    assert report.neurons is not None
    conv, head = report.neurons.layers
    assert report.neurons.pairs.n == 60
    assert [n.neuron for n in conv.ranking[:3]] == [19, 18, 17]
    assert conv.ranking[0].sensitivity == 20 / 16
    assert conv.ranking[0].ratio == pytest.approx(0.1)
    assert conv.top == (19, 18)
    assert head.dead == (0,)
    assert (conv.tap, conv.norm_folded, head.norm_folded) == ("conv", True, False)
    assert "; 1 dead" in next(c.detail for c in report.checks if c.id == "neurons")


def test_slicing_leaves_no_trace(tmp_path: Path) -> None:
    whole = planted(tmp_path, ONE)
    parts = planted(tmp_path, THREE)
    a = build(whole.params(SPECS, ONE), whole.inputs)
    b = build(parts.params(SPECS, THREE), parts.inputs)
    assert a.report == b.report


def test_missing_or_wrong_slices_are_never_papered_over(tmp_path: Path) -> None:
    shards = planted(tmp_path, THREE)
    params = shards.params(SPECS, THREE)
    with pytest.raises(JobFailed, match=r"lacks the result samples\.1\.2 \(samples 40 to 59\)"):
        build(params, {k: v for k, v in shards.inputs.items() if k != "samples.1.2"})
    with pytest.raises(JobFailed, match=r"samples\.1\.2 does not hold exactly the samples 40 to 59"):
        build(params, shards.inputs | {"samples.1.2": shards.inputs["samples.1.1"]})


def test_no_attacked_sample_and_no_success_give_nulls(tmp_path: Path) -> None:
    shards = Planted(tmp_path)
    shards.attack(0, N < 0, ONE)
    report = build(shards.params(SPECS[:1], ONE, request={"neurons": None}), shards.inputs).report
    assert report.attacks[0].distance.model_dump() == {
        "norm": "linf", "mean": None, "median": None, "max": None, "histogram": None
    }  # fmt: skip
    assert report.neurons is None
    assert next(c for c in report.checks if c.id == "neurons").detail == "not asked for: `neurons` was null"
    shards.attack(0, N < 0, ONE, correct=np.zeros(60, bool))
    report = build(shards.params(SPECS[:1], ONE, request={"neurons": None}), shards.inputs).report
    assert report.attacks[0].success_rate is None
    assert report.clean.accuracy == 0


def test_queries_are_summed_up(tmp_path: Path) -> None:
    shards = Planted(tmp_path)
    shards.attack(0, FOOLED[0], ONE, queries=250)
    report = build(shards.params(SPECS[:1], ONE, request={"neurons": None}), shards.inputs).report
    assert report.attacks[0].queries == {"mean": 250, "median": 250, "max": 250}


def test_missing_parts_say_why(tmp_path: Path) -> None:
    shards = planted(tmp_path, ONE)
    report = build(shards.params(SPECS, ONE), shards.inputs).report
    reasons = {c.id: c.detail for c in report.checks if c.status == "skipped"}
    assert {
        "regions",
        "explain",
        "hardening",
        "neurons.importance",
        "neurons.similarity",
        "neurons.suppression",
    } <= set(reasons)
    assert all(reasons.values())


def test_the_stage_writes_valid_files(tmp_path: Path) -> None:
    shards = planted(tmp_path, THREE)
    (tmp_path / "scratch").mkdir()
    rules = {"policy": {"rules": [{"metric": "clean.accuracy", "op": ">=", "value": 0.95}]}}
    ctx = JobContext(shards.inputs, shards.params(SPECS, THREE, request=rules), tmp_path / "scratch")
    value = run_stage(Stage.REPORT, ctx)
    assert value["verdict"] == "fail"
    assert value["metrics"] is None
    text = ctx.files["report"].path.read_text()
    report = Report.model_validate_json(text)
    assert "NaN" not in text
    assert report.verdict.rules[0].actual == 0.9
    lines = [SampleResult.model_validate_json(line) for line in ctx.files["samples"].path.read_text().splitlines()]
    assert [line.index for line in lines] == list(range(60))
    for i, attack in enumerate(report.attacks):
        outcomes = [line.attacks[attack.id] for line in lines]
        assert sum(line.correct and not o.success for line, o in zip(lines, outcomes, strict=True)) == attack.robust
        assert [o.success for o in outcomes] == (FOOLED[i] & shards.correct).tolist()
        assert all((o.distance is None) == (not o.success) for o in outcomes)
        assert {o.queries for o in outcomes} == {None}
    assert json.loads(text)["config"]["attacks"][1]["steps"] == 20
    assert ctx.files["html"].path.read_text().startswith("<!doctype html>")


MEMORY = problem("memory-limit", "more than 8 GiB").model_dump(mode="json")


def hardened(verdict: str) -> dict[str, Any]:
    clean = {"accuracy": 0.5, "correct": 1, "n": 2, "ci95": [0.1, 0.9]}
    side = {"clean": clean, "attacks": [], "worst_case": []}
    none: dict[str, list[Any]] = {"layers": [], "frozen": [], "log": [], "gains": [], "rules": [], "checks": []}
    return {
        "id": "hrd_1",
        "model_id": "mdl_2",
        "verdict": verdict,
        "before": side,
        "after": side,
        "clean_drop": 0,
        **none,
    }


@pytest.mark.parametrize(
    ("hardening", "status", "word"),
    [
        (None, "skipped", "not asked for"),
        ({"id": "hrd_1", "problem": MEMORY}, "fail", "more than 8 GiB"),
        (hardened("fail"), "fail", "did not rise"),
        (hardened("pass"), "pass", "rose"),
    ],
)
def test_what_became_of_a_hardening_is_a_check(
    tmp_path: Path, hardening: dict[str, Any] | None, status: str, word: str
) -> None:
    shards = planted(tmp_path, ONE)
    report = build(shards.params(SPECS, ONE, hardening=hardening), shards.inputs).report
    (check,) = [c for c in report.checks if c.id == "hardening"]
    assert check.status == status
    assert word in check.detail
    assert (report.hardening is None) == (hardening is None or "problem" in hardening)

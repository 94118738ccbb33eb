"""Policies: rules over a report, their verdicts, and what they cannot judge."""

from typing import Any

import pytest

from openapi.policies import PolicyRule
from openapi.threat_models import ThreatModel
from workers.reports.metrics import UnknownMetric, metric
from workers.reports.policy import judge


def worst(**fields: Any) -> dict[str, Any]:
    threat = ThreatModel.model_validate(fields)
    return {"threat_model": str(threat), "threat": threat.model_dump(mode="json")}


REPORT = {
    "clean": {"accuracy": 0.9, "n": 60, "by_class": [{"label": 3, "n": 6}]},
    "attacks": [
        {"id": "pgd-linf-0.0314-10", "robust_accuracy": 0.4, "distance": {"mean": None}},
        {"id": "pgd-linf-0.0078-10", "robust_accuracy": 0.7, "distance": {"mean": 0.1}},
        {"id": "pgd-l2-0.5-10", "robust_accuracy": 0.2, "figures": {}},
    ],
    "worst_case": [
        {**worst(kind="ball", norm="linf", eps="8/255"), "robust_accuracy": 0.35},
        {**worst(kind="ball", norm="linf", eps="2/255"), "robust_accuracy": 0.65},
        {**worst(kind="ball", norm="l2", eps=0.5), "robust_accuracy": 0.2},
        {**worst(kind="minimal", norm="l2"), "robust_accuracy": 0.0},
    ],
    "checks": [
        {"id": "deterministic", "title": "t", "status": "pass", "numbers": {"differing": 0}},
        {"id": "gradients-usable", "title": "t", "status": "fail", "numbers": {}},
        {"id": "hardening", "title": "t", "status": "skipped", "numbers": {}},
        {"id": "regions", "title": "t", "status": "skipped", "detail": "not asked for: `regions` was null"},
    ],
    "neurons": {
        "layers": [{"name": "features.0", "ratio": {"mean": 0.1}}, {"name": "features.0.x", "ratio": {"mean": 0.3}}]
    },
    "regions": None,
    "replay": None,
    "hardening": {
        "after": {
            "clean": {"accuracy": 0.8},
            "worst_case": [{**worst(kind="ball", norm="l2", eps=1), "robust_accuracy": 0.3}],
        }
    },
    "model": {"name": "net"},
}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("clean.accuracy", 0.9),
        ("clean.by_class.3.n", 6),
        ("attacks.pgd-linf-0.0314-10.robust_accuracy", 0.4),
        ("attacks.pgd-linf.robust_accuracy", 0.4),
        ("attacks.pgd.robust_accuracy", 0.2),
        ("attacks.robust_accuracy", 0.2),
        ("attacks.pgd-linf-0.0078-10.distance.mean", 0.1),
        ("worst_case.robust_accuracy", 0.2),
        ("worst_case.linf.robust_accuracy", 0.35),
        ("worst_case.l2 minimal.robust_accuracy", 0.0),
        ("worst_case.linf eps=0.00784314.robust_accuracy", 0.65),
        ("checks.deterministic", 1),
        ("checks.gradients-usable", 0),
        ("checks.deterministic.numbers.differing", 0),
        ("neurons.layers.features.0.ratio.mean", 0.1),
        ("neurons.layers.features.0.x.ratio.mean", 0.3),
        ("hardening.after.clean.accuracy", 0.8),
        ("hardening.after.worst_case.robust_accuracy", 0.3),
    ],
)
def test_paths(path: str, value: float) -> None:
    assert metric(REPORT, path) == value


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("clean.acuracy", "'clean' has no 'acuracy'; there are accuracy, n"),
        ("attacks.fgsm.robust_accuracy", "'attacks' has no .* there are pgd-linf-0.0314-10"),
        ("attacks.pgd-linf-0.0314-10.distance.mean", "is null in this report"),
        ("regions.density", "'regions' is null in this report: not asked for: `regions` was null"),
        ("replay.rate", "'replay' is null in this report: no earlier audit was named in `replay_of`"),
        ("checks.hardening", "no number"),
        ("model.name", "no number but str"),
        ("clean", "no number but dict"),
        ("clean.accuracy.x", "single value"),
        ("nonsense", "the report has no 'nonsense'"),
    ],
)
def test_unknown_metrics_are_inconclusive_with_a_reason(path: str, message: str) -> None:
    with pytest.raises(UnknownMetric, match=message):
        metric(REPORT, path)
    verdict = judge(REPORT, [PolicyRule(metric=path, op=">=", value=0)])
    assert verdict.status == "inconclusive"
    assert verdict.rules[0].actual is None
    assert verdict.rules[0].detail


@pytest.mark.parametrize(
    ("rules", "status"),
    [
        ([], None),
        ([("clean.accuracy", ">=", 0.9)], "pass"),
        ([("clean.accuracy", ">", 0.9)], "fail"),
        ([("clean.accuracy", "<=", 0.9), ("clean.n", "==", 60)], "pass"),
        ([("clean.accuracy", "<", 0.9)], "fail"),
        ([("clean.accuracy", ">=", 0.5), ("nope", ">", 0)], "inconclusive"),
        ([("clean.accuracy", ">=", 0.95), ("nope", ">", 0)], "fail"),
    ],
)
def test_verdicts(rules: list[Any], status: str | None) -> None:
    verdict = judge(REPORT, [PolicyRule(metric=m, op=op, value=v) for m, op, v in rules])
    assert verdict.status == status
    assert len(verdict.rules) == len(rules)

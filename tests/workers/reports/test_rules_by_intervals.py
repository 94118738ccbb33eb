"""Rules that are judged by intervals, and rules that are relative to an earlier audit."""

from typing import Any

import pytest

from openapi.intervals import difference, paired_difference, wilson
from openapi.paired import Sampled
from openapi.policies import PolicyRule
from openapi.report import RuleResult
from openapi.threat_models import ThreatModel
from workers.reports.baselines import Judged
from workers.reports.metrics import interval
from workers.reports.policy import judge

N = 100
THREAT = ThreatModel(kind="ball", norm="linf", eps=0.1)


def audit(correct: int, robust: int, n: int = N, *, samples: bool = True, **dataset: Any) -> Judged:
    """An audit whose first `correct` samples are classified correctly and the first `robust` of them not fooled.

    Every fifth sample is a cat.
    """
    cats = len(range(0, n, 5))
    right, left = len(range(0, correct, 5)), len(range(0, robust, 5))
    rates = {"accuracy": right / cats, "robust_accuracy": left / cats}
    share = {"robust_accuracy": robust / n, "robust": robust, "n": n, "ci95": wilson(robust, n)}
    report = {
        "dataset": {"sha256": "cd", **dataset},
        "clean": {"accuracy": correct / n, "correct": correct, "n": n, "ci95": wilson(correct, n)},
        "attacks": [
            {
                **share,
                "id": "a",
                "threat": THREAT.model_dump(mode="json"),
                "success_rate": (correct - robust) / correct,
                "figures": {"attacked": correct, "successes": correct - robust},
            },
            {**share, "id": "b", "success_rate": None, "figures": {"attacked": 0, "successes": 0}},
        ],
        "worst_case": [
            {**share, "threat_model": str(THREAT), "threat": THREAT.model_dump(mode="json"), "attacks": ["a", "b"]}
        ],
        "classes": [{"label": 0, "name": "cat", "n": cats, "correct": right, "robust": left, **rates}],
    }
    fooled = [i >= robust for i in range(n)]
    rows = Sampled(
        range(n), [min(i % 5, 1) for i in range(n)], [i < correct for i in range(n)], {"a": fooled, "b": [False] * n}
    )
    return Judged(report, rows if samples else None)


def judged(now: Judged, before: Judged | None = None, **rule: Any) -> RuleResult:
    rule = {"metric": "clean.accuracy", **rule}
    baselines = {} if before is None else {"aud_1": before}
    (found,) = judge(now.report, [PolicyRule.model_validate(rule)], now.samples, baselines).rules
    return found


@pytest.mark.parametrize(
    ("path", "counts"),
    [
        ("clean.accuracy", (90, 100)),
        ("attacks.a.robust_accuracy", (60, 100)),
        ("attacks.a.success_rate", (30, 90)),
        ("worst_case.robust_accuracy", (60, 100)),
        ("classes.cat.robust_accuracy", (12, 20)),
        ("classes.0.accuracy", (18, 20)),
    ],
)
def test_intervals_of_proportions(path: str, counts: tuple[int, int]) -> None:
    assert interval(audit(90, 60).report, path) == wilson(*counts)


@pytest.mark.parametrize("path", ["clean.n", "attacks.a.figures.attacked"])
def test_other_numbers_have_none(path: str) -> None:
    assert interval(audit(90, 60).report, path) is None


def test_of_several_the_least_counts() -> None:
    report = dict(audit(90, 60).report)
    report["attacks"] = [
        report["attacks"][0],
        {**report["attacks"][0], "id": "c", "robust": 30, "n": 40, "robust_accuracy": 0.75},
    ]
    low, high = interval(report, "attacks.robust_accuracy") or (0, 0)
    assert low == min(wilson(60, 100)[0], wilson(30, 40)[0])
    assert high == min(wilson(60, 100)[1], wilson(30, 40)[1])


@pytest.mark.parametrize(
    ("op", "value", "status"),
    [
        (">=", 0.82, "pass"),
        (">=", 0.85, "inconclusive"),
        (">=", 0.95, "fail"),
        ("<", 0.96, "pass"),
        ("<", 0.9, "inconclusive"),
        ("<", 0.8, "fail"),
    ],
)
def test_a_rule_by_intervals_passes_with_all_of_it_and_fails_with_none(op: str, value: float, status: str) -> None:
    low, high = wilson(90, 100)
    assert (low, high) == pytest.approx((0.8256, 0.9448), abs=1e-4)
    found = judged(audit(90, 60), op=op, value=value, intervals=True)
    assert (found.status, found.actual, found.ci95) == (status, 0.9, (low, high))
    assert (found.detail is not None) is (status == "inconclusive")
    assert judged(audit(90, 60), op=op, value=value).ci95 is None, "unless it is asked for its value counts"


def test_numbers_without_an_interval_are_judged_by_their_value() -> None:
    assert judged(audit(90, 60), metric="clean.n", value=100, intervals=True).status == "pass"
    assert judged(audit(90, 60), op="==", value=0.9, intervals=True).status == "pass"


@pytest.mark.parametrize(("correct", "status"), [(95, "pass"), (88, "pass"), (87, "fail")])
def test_a_relative_rule_allows_its_drop_and_no_more(correct: int, status: str) -> None:
    found = judged(audit(correct, 60), audit(90, 60), relative_to="aud_1", drop=0.02)
    assert (found.status, found.baseline, found.drop) == (status, 0.9, 0.02)
    assert found.value == pytest.approx(0.88)


def test_where_less_is_better_the_drop_is_a_rise() -> None:
    rule = {"metric": "clean.n", "op": "<=", "relative_to": "aud_1", "drop": 5}
    assert judged(audit(50, 50, 105), audit(50, 50, 100), **rule).status == "pass"
    assert judged(audit(50, 50, 106), audit(50, 50, 100), **rule).status == "fail"


@pytest.mark.parametrize(("robust", "status"), [(60, "pass"), (58, "inconclusive"), (40, "fail")])
@pytest.mark.parametrize("metric", ["worst_case.robust_accuracy", "attacks.a.robust_accuracy"])
def test_by_intervals_the_same_samples_are_paired(metric: str, robust: int, status: str) -> None:
    rule = {"metric": metric, "relative_to": "aud_1", "drop": 0.05, "intervals": True}
    found = judged(audit(90, robust), audit(90, 60), **rule)
    assert found.ci95 == paired_difference(0, 60 - robust, N)
    assert found.status == status


def test_other_samples_are_not_paired() -> None:
    rule = {"relative_to": "aud_1", "intervals": True}
    apart = difference((90, 100), (85, 100))
    assert judged(audit(90, 60), audit(85, 60, samples=False), **rule).ci95 == apart
    assert judged(audit(90, 60), audit(170, 60, 200), **rule).ci95 == difference((90, 100), (170, 200))
    assert judged(audit(90, 60), audit(85, 60), **rule).ci95 == paired_difference(5, 0, 100)


@pytest.mark.parametrize(("metric", "lost"), [("classes.cat.robust_accuracy", 2), ("classes.0.accuracy", 0)])
def test_the_samples_of_a_class_are_paired(metric: str, lost: int) -> None:
    rule = {"metric": metric, "relative_to": "aud_1", "intervals": True}
    assert judged(audit(90, 50), audit(90, 60), **rule).ci95 == paired_difference(0, lost, 20)


def test_success_rates_are_paired_where_the_same_images_were_attacked() -> None:
    rule = {"metric": "attacks.a.success_rate", "op": "<=", "relative_to": "aud_1", "intervals": True}
    assert judged(audit(90, 50), audit(90, 60), **rule).ci95 == paired_difference(10, 0, 90)
    others = judged(audit(85, 50), audit(90, 60), **rule)
    assert others.ci95 == difference((35, 85), (30, 90)), "images that one model gets wrong are not attacked"


def test_a_baseline_of_other_images_is_inconclusive() -> None:
    found = judged(audit(90, 60), audit(85, 60, sha256="other"), relative_to="aud_1")
    assert (found.status, found.value, found.baseline) == ("inconclusive", None, None)
    assert "of other images" in str(found.detail)


def test_a_baseline_that_is_gone_or_lacks_the_number_is_inconclusive() -> None:
    gone = judged(audit(90, 60), relative_to="aud_1")
    assert (gone.status, gone.value, gone.actual) == ("inconclusive", None, 0.9)
    assert "aud_1 has no report" in str(gone.detail)
    before = Judged({**audit(90, 60).report, "worst_case": []})
    found = judged(audit(90, 60), before, metric="worst_case.robust_accuracy", relative_to="aud_1")
    assert found.status == "inconclusive"
    assert str(found.detail).startswith("in the audit aud_1:")

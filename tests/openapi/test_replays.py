"""What a replay says of rules before any attack has run."""

from typing import Any

import pytest

from openapi.attacks import Fgsm, Pgd
from openapi.intervals import wilson
from openapi.policies import PolicyRule
from openapi.replays import replay_report
from openapi.stages.replay import ReplayedCount, ReplayedThreat, ReplayValue

SPECS = (Fgsm(eps=0.1), Pgd(norm="l2", eps=0.5))
LINF, L2 = "linf eps=0.1", "l2 eps=0.5"
#: Of 100 samples 30 are fooled in one ball, and 10 in the other.
VALUE = ReplayValue(
    evaluated=100,
    attacks=(
        ReplayedCount(id="a", threat_model=LINF, n=60, still_fooled=30),
        ReplayedCount(id="b", threat_model=L2, n=40, still_fooled=10),
    ),
    threats=(ReplayedThreat(threat_model=LINF, fooled=30), ReplayedThreat(threat_model=L2, fooled=10)),
)


def verdict(*rules: dict[str, Any]) -> str | None:
    checked = [PolicyRule.model_validate({"op": ">=", **rule}) for rule in rules]
    return replay_report("aud_1", VALUE, SPECS, checked).verdict


def test_counts_and_rates() -> None:
    found = replay_report("aud_1", VALUE, SPECS, ())
    assert (found.n, found.still_fooled, found.rate, found.ci95) == (100, 40, 0.4, wilson(40, 100))
    assert [(a.id, a.rate) for a in found.by_attack] == [("a", 0.5), ("b", 0.25)]
    assert found.verdict is None
    empty = replay_report("aud_1", ReplayValue(evaluated=5, attacks=(), threats=()), SPECS, ())
    assert (empty.n, empty.rate, empty.ci95) == (0, None, None)


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ({"metric": "worst_case.robust_accuracy", "value": 0.71}, "fail"),
        ({"metric": "worst_case.robust_accuracy", "value": 0.7}, "inconclusive"),
        ({"metric": "worst_case.robust_accuracy", "op": ">", "value": 0.7}, "fail"),
        ({"metric": f"worst_case.{L2}.robust_accuracy", "value": 0.71}, "inconclusive"),
        ({"metric": "worst_case.l2.robust_accuracy", "value": 0.95}, "fail"),
        ({"metric": "worst_case.robust_accuracy", "op": "<=", "value": 0.1}, "inconclusive"),
        ({"metric": "worst_case.robust_accuracy", "value": 0.75, "intervals": True}, "inconclusive"),
        ({"metric": "worst_case.robust_accuracy", "value": 0.79, "intervals": True}, "fail"),
        ({"metric": "worst_case.robust_accuracy", "relative_to": "aud_2"}, "inconclusive"),
        ({"metric": "attacks.fgsm.robust_accuracy", "value": 0.99}, "inconclusive"),
        ({"metric": "clean.accuracy", "value": 0.99}, "inconclusive"),
        ({"metric": "replay.rate", "op": "<=", "value": 0.4}, "pass"),
        ({"metric": "replay.rate", "op": "<", "value": 0.4}, "fail"),
        ({"metric": "replay.rate", "op": "<=", "value": 0.45, "intervals": True}, "inconclusive"),
        ({"metric": "replay.rate", "op": "<=", "value": 0.5, "intervals": True}, "pass"),
        ({"metric": "replay.still_fooled", "op": "<=", "value": 39}, "fail"),
    ],
)
def test_first_verdicts(rule: dict[str, Any], expected: str) -> None:
    assert verdict(rule) == expected


def test_one_broken_rule_is_enough_and_all_must_be_decided() -> None:
    good, open_, bad = (
        {"metric": "replay.rate", "op": "<=", "value": 0.5},
        {"metric": "clean.accuracy", "value": 0.5},
        {"metric": "worst_case.robust_accuracy", "value": 0.8},
    )
    assert verdict(good, open_) == "inconclusive"
    assert verdict(good, open_, bad) == "fail"
    assert verdict(good) == "pass"

"""Rules of a verdict in a line, as reports for people and pipelines write them."""

import pytest

from openapi.report import RuleResult

RULE = RuleResult(metric="clean.accuracy", op=">=", value=0.88, actual=0.9, status="pass", detail=None)
RELATIVE = {"relative_to": "aud_1", "baseline": 0.9, "drop": 0.02}


@pytest.mark.parametrize(
    ("rule", "wanted", "found"),
    [
        (RULE, "clean.accuracy >= 0.88", "actual: 0.9"),
        (RULE.model_copy(update=RELATIVE), "clean.accuracy >= 0.88 (0.02 below aud_1)", "actual: 0.9"),
        (
            RULE.model_copy(update={**RELATIVE, "op": "<=", "value": 0.92}),
            "clean.accuracy <= 0.92 (0.02 above aud_1)",
            "actual: 0.9",
        ),
        (RULE.model_copy(update={"policy_id": "pol_1"}), "clean.accuracy >= 0.88 [pol_1]", "actual: 0.9"),
        (
            RULE.model_copy(update={"value": None, "actual": None, "detail": "no report"}),
            "clean.accuracy >= unknown",
            "actual: unknown; no report",
        ),
    ],
)
def test_a_rule_in_words(rule: RuleResult, wanted: str, found: str) -> None:
    assert (rule.wanted(), rule.found()) == (wanted, found)

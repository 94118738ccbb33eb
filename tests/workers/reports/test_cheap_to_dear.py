"""Cheap attacks first, the dear ones on what they left: the same worst case, told as such."""

import numpy as np
import pytest

from openapi.attacks import ATTACKS
from openapi.attacks.base import Attack
from openapi.survivors import predecessors
from workers.reports.checks import result_checks
from workers.reports.merge import AttackTable
from workers.reports.outcomes import attack_report, worst_cases
from workers.reports.survivors import passed_on


def spec(name: str, **options: object) -> Attack:
    return ATTACKS[name](**options)


def test_who_goes_before_whom() -> None:
    attacks = [
        spec("autoattack", eps=0.1),
        spec("pgd", eps=0.1, steps=20),
        spec("pgd", eps=0.1, steps=10),
        spec("fgsm", eps=0.2),
        spec("pgd", eps=0.1, steps=20, norm="l2"),
        spec("cw"),
        spec("ddn"),
        spec("fgsm", eps=0.1),
        spec("pgd", eps=0.1, steps=10),
    ]
    assert predecessors(attacks) == ((7, 2, 8, 1), (7, 2, 8), (7,), (), (), (), (), (), (7, 2))


def table(attack: Attack, met: list[int], fooled: list[int]) -> AttackTable:
    """Ten samples, the last misclassified; those in `met` are attacked and those in `fooled` fooled."""
    attacked, success = np.isin(np.arange(10), met), np.isin(np.arange(10), fooled)
    return AttackTable(
        id=f"{attack.name}-{getattr(attack, 'steps', 1)}",
        spec=attack,
        index=np.arange(10),
        label=np.zeros(10, np.int64),
        predicted=(np.arange(10) == 9).astype(np.int64),
        correct=np.arange(10) < 9,
        attacked=attacked,
        success=success,
        reached=np.zeros(10, dtype=bool),
        adv_predicted=np.where(success, 5 + len(fooled), 0),
        distance=np.where(success, 0.1, np.nan),
        confidence=np.full(10, 0.5),
        queries=np.full(10, -1),
        clean_confidence=np.full(10, 0.9),
        extras={"zero_gradients": 0, "bad_gradients": 0},
    )


@pytest.fixture
def tables() -> list[AttackTable]:
    return [
        table(spec("apgd", eps=0.1), [2, 3, 4, 5, 6, 7, 8], [4]),
        table(spec("fgsm", eps=0.1), list(range(9)), [0, 1]),
        table(spec("cw"), list(range(9)), list(range(9))),
        table(spec("pgd", eps=0.1), [2, 3, 4, 5, 6, 7, 8], []),
    ]


def test_what_was_fooled_before_counts(tables: list[AttackTable]) -> None:
    apgd, fgsm, cw, pgd = passed_on(tables)
    assert apgd.robust.nonzero()[0].tolist() == [2, 3, 5, 6, 7, 8]
    assert pgd.robust.nonzero()[0].tolist() == [2, 3, 4, 5, 6, 7, 8]
    assert fgsm.success.tolist() == tables[1].success.tolist()
    assert apgd.adv_predicted[:5].tolist() == [7, 7, 0, 0, 6]
    assert np.nanmax(apgd.distance) == 0.1
    assert [t.extras["met"] for t in (apgd, fgsm, cw, pgd)] == [7, 9, 9, 7]
    assert attack_report(apgd, 10).robust_accuracy == 0.6
    assert attack_report(apgd, 10).success_rate == 3 / 9
    assert attack_report(cw, 10).success_rate == 1
    (linf,) = (w for w in worst_cases(passed_on(tables)) if w.threat_model.startswith("linf"))
    assert linf.robust == 6
    assert linf.robust == next(w for w in worst_cases(tables) if w.threat_model == linf.threat_model).robust


def test_attacks_that_met_different_samples_are_not_compared(tables: list[AttackTable]) -> None:
    usual = {check.id: check.status for check in result_checks(tables, 10)}
    few = {check.id: check.status for check in result_checks(passed_on(tables), 10, survivors_only=True)}
    assert usual["iterative-beats-single-step"] != "skipped"
    assert few["iterative-beats-single-step"] == "skipped"
    assert {i for i in few if few[i] != usual[i]} <= {
        "iterative-beats-single-step",
        "white-box-beats-black-box",
        "more-steps-never-help",
    }

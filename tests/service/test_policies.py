"""Policies are checked against what their report can hold, before anything is computed."""

import pytest

from openapi.audits import AuditRequest
from openapi.metrics import metric_errors
from tests.service.conftest import World
from tests.service.problems import is_problem

HARDEN = {"train_dataset_id": "dst_1"}


def wrong(metric: str, **more: object) -> str:
    """What is said of one metric; nothing when it may be."""
    rules = {"rules": [{"metric": metric, "op": ">=", "value": 0}]}
    request = AuditRequest.model_validate({"model_id": "m", "dataset_id": "d", "policy": rules, **more})
    return "; ".join(f"{error.pointer} {error.detail}" for error in metric_errors(request))


@pytest.mark.parametrize(
    "metric",
    [
        "clean.accuracy",
        "clean.by_class.3.correct",
        "clean.by_class.a cat, a dog.robust",
        "attacks.pgd-linf-0.0314-20.robust_accuracy",
        "attacks.pgd-l2.distance.mean",
        "attacks.pgd.robust_accuracy",
        "attacks.square.queries.mean",
        "attacks.ddn.figures.whatever.it.counts",
        "attacks.robust_accuracy",
        "worst_case.robust_accuracy",
        "worst_case.linf.robust_accuracy",
        "worst_case.linf eps=0.0313725.robust_accuracy",
        "checks.deterministic",
        "checks.deterministic.numbers.differing",
        "neurons.layers.features.0.ratio.mean",
        "neurons.layers.features.0.ranking.7.sensitivity",
        "timings.attack",
        "model.num_parameters",
    ],
)
def test_what_a_report_can_hold_is_taken(metric: str) -> None:
    assert wrong(metric) == ""


@pytest.mark.parametrize(
    ("metric", "said"),
    [
        ("clean.acuracy", "'clean' has no 'acuracy'; did you mean 'accuracy'?"),
        ("clean", "'clean' is no number but a block; name one of accuracy, correct"),
        ("clean.ci95", "'clean.ci95' is no number"),
        ("clean.accuracy.x", "'clean.accuracy' is a single value and has no 'x'"),
        ("attacks.pdg.robust_accuracy", "did you mean 'pgd'?"),
        ("attacks.cw.robust_accuracy", "there are fgsm-linf-0.0314"),
        ("attacks.pgd.robust_acc", "did you mean 'robust_accuracy'?"),
        ("worst_case.l1.robust_accuracy", "there are linf eps=0.0313725, l2 eps=0.5"),
        ("worst_cases.robust_accuracy", "did you mean 'worst_case'?"),
        ("neurons.layers.features.0.ratoi.mean", "did you mean 'ratio'?"),
        ("hardening.clean_drop", "'hardening' will be null"),
        ("model.name", "'model.name' is no number"),
        ("", "the report has no ''"),
    ],
)
def test_what_it_cannot_hold_is_refused_with_what_was_meant(metric: str, said: str) -> None:
    assert said in wrong(metric)
    assert wrong(metric).startswith("/policy/rules/0/metric ")


def test_parts_that_are_asked_for_are_known() -> None:
    assert "'neurons' will be null" in wrong("neurons.pairs.n", neurons=None)
    assert wrong("hardening.after.worst_case.linf.robust_accuracy", harden=HARDEN) == ""
    assert wrong("hardening.gains.linf eps=0.0313725.gain", harden=HARDEN) == ""
    assert "did you mean 'accuracy'" in wrong("hardening.after.clean.acc", harden=HARDEN)
    assert wrong("attacks.mine.robust", attacks=[{"name": "fgsm", "id": "mine"}]) == ""


def test_the_service_refuses_at_once_and_names_each(world: World) -> None:
    rules = [{"metric": m, "op": ">=", "value": 0.4} for m in ("clean.accuracy", "clean.acuracy", "wurst_case.robust")]
    body = is_problem(world.audit(preset="smoke", policy={"rules": rules}), 422, "validation")
    assert [error["pointer"] for error in body["errors"]] == [f"/policy/rules/{i}/metric" for i in (1, 2)]

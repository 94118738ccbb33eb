"""Audits that end early: bounds that are certain, what of a report is left, and what becomes of the shards."""

import httpx
import pytest

from openapi.audits import AuditRequest
from openapi.stages.attack import AttackValue
from service.orchestrator.partial import Ran, broken_rules, undecided, what_ran
from service.orchestrator.requests import with_attacks
from tests.service.conftest import audit, ended, ready
from tests.service.worker import ATTACKED, ProtocolWorker, until

ATTACKS = [{"name": "fgsm", "eps": 0.1}, {"name": "pgd", "eps": 0.1}, {"name": "fgsm", "eps": 0.2}]
CUTS = [(0, 4), (4, 8), (8, 10)]


def asked(*rules: tuple[str, str, float]) -> AuditRequest:
    policy = {"rules": [{"metric": m, "op": op, "value": v} for m, op, v in rules]}
    return with_attacks(
        AuditRequest.model_validate({"model_id": "m", "dataset_id": "d", "attacks": ATTACKS, "policy": policy})
    )


def value(correct: int, success: int) -> AttackValue:
    return ATTACKED.model_copy(update={"clean_correct": correct, "success": success})


@pytest.mark.parametrize(
    ("metric", "bound"),
    [
        ("clean.accuracy", 0.9),  # 3 of 4, the other six may be right
        ("attacks.fgsm-linf-0.1.robust_accuracy", 0.7),  # 1 of 4, and six
        ("attacks.pgd-linf-0.1-10.robust_accuracy", 0.8),
        ("attacks.fgsm-linf-0.2.robust_accuracy", 1.0),
        ("attacks.fgsm.robust_accuracy", 0.7),  # the least of a family
        ("worst_case.robust_accuracy", 0.7),
        ("worst_case.linf eps=0.2.robust_accuracy", 1.0),
    ],
)
def test_a_rule_is_broken_for_certain_above_the_bound_and_not_at_it(metric: str, bound: float) -> None:
    done = {(0, 0): value(3, 2), (1, 0): value(3, 1)}
    request = asked((metric, ">=", bound), (metric, ">=", bound + 0.01), (metric, ">", bound), (metric, "<", 0.1))
    assert broken_rules(request, CUTS, done) == [1, 2]


def test_classes_are_bounded_by_what_was_met_of_them() -> None:
    def of(correct: int, success: int, **by_class: tuple[int, int, int]) -> AttackValue:
        counts = {int(name.removeprefix("c")): three for name, three in by_class.items()}
        return value(correct, success).model_copy(update={"by_class": counts})

    done = {
        (0, 0): of(3, 2, c0=(2, 2, 2), c1=(2, 1, 0)),
        (1, 0): of(3, 1, c0=(2, 2, 0), c1=(2, 1, 1)),
        (0, 1): of(4, 0, c0=(4, 4, 0)),
        (0, 2): of(2, 0, c1=(2, 2, 0)),
    }
    bounds = {
        "classes.cat.robust_accuracy": 4 / 6,  # of two none
        "classes.0.robust_accuracy": 4 / 6,
        "classes.dog.robust_accuracy": 2 / 4,
        "classes.robust_accuracy": 2 / 4,
        "classes.accuracy": 3 / 4,
        "classes.cat.accuracy": 1.0,
    }
    for metric, bound in bounds.items():
        request = asked((metric, ">=", bound), (metric, ">=", bound + 0.01), (metric, ">", bound), (metric, "<", 0.1))
        assert broken_rules(request, CUTS, done, ["cat", "dog"]) == [1, 2], metric
    del done[0, 2]  # two more that may be dogs and resist
    request = asked(("classes.dog.robust_accuracy", ">=", 0.5), ("classes.dog.robust_accuracy", ">", 0.5))
    assert broken_rules(request, CUTS, done, ["cat", "dog"]) == [1]
    for metric in ("classes.owl.robust_accuracy", "classes.2.robust_accuracy", "classes.cat.n"):
        assert broken_rules(asked((metric, ">=", 1.0)), CUTS, done, ["cat", "dog", "owl"]) == [], "nothing is known"


def test_slices_of_several_attacks_have_the_least_of_each() -> None:
    done = {(0, 0): value(4, 4), (0, 1): value(4, 0), (1, 0): value(4, 0), (1, 1): value(4, 3)}
    rule = ("worst_case.robust_accuracy", ">=", 0.31)
    assert broken_rules(asked(rule), CUTS, done) == [0], "0 of 4, 1 of 4, and two that nobody tried"
    assert broken_rules(asked(("worst_case.robust_accuracy", ">=", 0.3)), CUTS, done) == []
    assert broken_rules(asked(("attacks.pgd.success_rate", "<=", 0.0)), CUTS, done) == [], "it has no bound"


def test_a_report_is_made_of_attacks_and_slices_that_belong_together() -> None:
    def ran(attacks: int, slices: int, *done: tuple[int, int]) -> Ran:
        return what_ran(attacks, slices, dict.fromkeys(done, ATTACKED))

    assert ran(3, 3, (0, 0), (1, 0), (0, 1)) == Ran((0, 1), (0,))
    assert ran(2, 2, (0, 0), (0, 1), (1, 1)) == Ran((0, 1), (1,))
    assert ran(2, 3, (0, 0), (0, 1), (1, 2)) == Ran((0,), (0, 1))
    assert ran(2, 2) == Ran((), ())


def test_rules_that_need_what_did_not_run_are_undecided() -> None:
    metrics = ["clean.accuracy", "attacks.fgsm-linf-0.1.robust_accuracy", "attacks.pgd-linf-0.1-10.robust_accuracy"]
    metrics += ["worst_case.linf eps=0.2.robust_accuracy", "worst_case.robust_accuracy", "classes.0.accuracy"]
    request = asked(*((m, ">=", 0.0) for m in metrics))
    assert undecided(request, Ran((0, 1, 2), (0, 1, 2)), 3) == []
    assert undecided(request, Ran((0, 2), (0, 1, 2)), 3) == [2, 4, 5]
    assert undecided(request, Ran((0, 1, 2), (0, 1)), 3) == [0, 1, 2, 3, 4, 5], "fewer samples than asked for"


def test_the_time_is_over(api: httpx.Client, worker: ProtocolWorker) -> None:
    model, dataset = ready(api, worker)
    identity = audit(api, model, dataset, attacks=ATTACKS, max_samples=8, time_budget=1.5, neurons=None)
    worker.do(worker.take(), clean_correct=4, success=1)
    running = worker.take()
    worker.tell(running, "started")
    report = until(lambda: next((s for s in [worker.take(5)] if s.stage == "report"), None), 15)
    assert cancelled_shard(worker, running.shard_id)
    stopped = report.params["stopped"]
    assert stopped["reason"] == "time_budget"
    assert "4 of 8 samples were evaluated by 1 of 3 attacks" in stopped["detail"]
    assert stopped["not_run"] == ["pgd-linf-0.1-10", "fgsm-linf-0.2"]
    assert (report.params["slices"], len(report.params["attacks"])) == ([[0, 4]], 1)
    assert sorted(report.inputs) == ["samples.0.0"]
    assert report.params["dataset"]["evaluated"] == 4
    worker.do(running)  # too late: nothing comes of it
    worker.do(report)
    assert ended(api, f"audits/{identity}")["status"] == "succeeded"
    assert worker.is_empty()


def cancelled_shard(worker: ProtocolWorker, shard_id: str) -> bool:
    return worker.queue.is_cancelled("no job", shard_id)


def test_an_audit_without_any_result_fails_with_the_reason(api: httpx.Client, worker: ProtocolWorker) -> None:
    model, dataset = ready(api, worker)
    identity = audit(api, model, dataset, time_budget=0.2)
    worker.tell(worker.take(), "started")
    found = ended(api, f"audits/{identity}")
    assert found["status"] == "failed"
    assert found["problem"]["type"].endswith("/time-limit")
    assert "0.2 s" in found["problem"]["detail"]


def test_it_stops_as_soon_as_a_rule_is_broken(api: httpx.Client, worker: ProtocolWorker) -> None:
    model, dataset = ready(api, worker)
    rules = [{"metric": "worst_case.robust_accuracy", "op": ">=", "value": 0.8}]
    identity = audit(
        api, model, dataset, attacks=ATTACKS, max_samples=8, stop_on="fail", policy={"rules": rules}, neurons=None
    )
    worker.do(worker.take(), clean_correct=4, success=1)  # 7 of 8 are still possible
    second = worker.take()
    assert second.stage == "attack"
    worker.do(second, clean_correct=4, success=2)  # 6 of 8 at most
    report = until(lambda: next((s for s in [worker.take(5)] if s.stage == "report"), None), 15)
    assert report.params["stopped"]["reason"] == "stop_on"
    assert report.params["broken"] == [0]
    worker.do(report)
    assert ended(api, f"audits/{identity}")["status"] == "succeeded"


def test_without_stop_on_all_of_it_runs(api: httpx.Client, worker: ProtocolWorker) -> None:
    model, dataset = ready(api, worker)
    rules = [{"metric": "worst_case.robust_accuracy", "op": ">=", "value": 0.8}]
    audit(api, model, dataset, attacks=ATTACKS, policy={"rules": rules})
    for _ in ATTACKS:
        shard = worker.take()
        assert shard.stage == "attack"
        worker.do(shard, clean_correct=4, success=4)
    assert "stopped" not in worker.take().params

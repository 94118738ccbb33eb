"""How the plans of audits, hardenings and inspections go on: pure functions of what is known."""

from typing import Any

import pytest

from openapi.audits import AuditRequest
from openapi.hardenings import HardeningRequest
from openapi.problems import InvalidField, TimeLimit, problem
from openapi.stages.base import Stage
from openapi.stages.comparison import AuditHardening, Comparison, NotHardened
from openapi.stages.harden import HardenValue
from openapi.stages.inspect_model import InspectModelParams, InspectModelValue
from openapi.stages.prepare import PrepareParams, PrepareValue
from openapi.stages.report import ReportParams, ReportValue
from openapi.status import JobStatus
from service.orchestrator.job_kinds import audit, hardening, inspection
from service.orchestrator.plan import Ahead, Child, Done, OutputOf
from service.orchestrator.requests import with_attacks, with_evaluation
from service.orchestrator.subjects import Part
from tests.service.known import dataset, done, known, model, names
from tests.service.report import COMPARISON
from tests.service.worker import ATTACKED, HEADLINE, MEASURED, MODEL

FGSM, APGD = {"name": "fgsm", "eps": 0.1}, {"name": "apgd", "eps": 0.1}
DATA = {Part.EVAL: dataset("c"), Part.TRAIN: dataset("d", num_samples=50)}
GREY = {Part.EVAL: dataset("c", shape=(3, 8, 8))}
REPORTED = ReportValue(verdict="pass", metrics=None, headline=HEADLINE)


def asked(**fields: Any) -> AuditRequest:
    body = {"model_id": "mdl_a", "dataset_id": "dst_c", "attacks": [FGSM, APGD], "neurons": None, **fields}
    return with_attacks(AuditRequest.model_validate(body))


def attacked(request: AuditRequest) -> list[Done]:
    """All of an audit's first steps, done."""
    return [done(step) for step in audit.extend(known("audit", request, DATA)).steps]


def child(status: str, **fields: Any) -> Child:
    return Child("hrd_1", JobStatus(status), **fields)


def reported(extension: Any) -> ReportParams:
    (step,) = extension.steps
    assert isinstance(step.params, ReportParams)
    return step.params


def test_an_audit_attacks_every_slice_and_measures_its_neurons() -> None:
    found = audit.extend(known("audit", asked(neurons={"max_samples": 6}), DATA))
    attacks = [f"samples.{i}.{j}" for j in range(3) for i in range(2)]
    assert names(found) == [*attacks, "sums.0", "sums.1"]
    assert [step.weight for step in found.steps] == [4, 4, 4, 4, 2, 2, 4, 2]
    assert all(step.waits_for == () for step in found.steps)
    assert found.ahead == [Ahead("attacks", Stage.ATTACK, 20.0, 6), Ahead("report", Stage.REPORT)]


def test_survivors_of_the_cheaper_attacks_are_an_input() -> None:
    found = audit.extend(known("audit", asked(survivors_only=True), DATA))
    dear = next(step for step in found.steps if step.name == "samples.1.2")
    assert dear.inputs["fooled.0"] == OutputOf("samples.0.2", "samples")
    assert dear.waits_for == ("samples.0.2",)


def test_data_is_prepared_first_where_the_model_takes_it_in_another_form() -> None:
    first = audit.extend(known("audit", asked(), GREY))
    (step,) = first.steps
    assert isinstance(step.params, PrepareParams)
    assert (step.name, step.params.channels) == ("prepare.eval", 1)
    value = PrepareValue(order="numeric", logits=(0, 1, 2), evidence=None, channels="luminance")
    prepared = done(step, value)
    then = audit.extend(known("audit", asked(), GREY, [prepared]))
    assert then.steps[0].inputs["x"] == prepared.result.files["x"].blob
    assert then.steps[0].inputs["model"] == model().blob


def test_what_does_not_fit_is_refused_before_anything_is_planned() -> None:
    with pytest.raises(InvalidField, match="gradients"):
        audit.extend(known("audit", asked(), DATA, classifier=model(differentiable=False)))


def test_a_report_follows_the_attacks_and_ends_the_audit() -> None:
    request = asked(neurons={"max_samples": 6})
    rows = attacked(request)
    found = audit.extend(known("audit", request, DATA, rows))
    params = reported(found)
    assert (params.slices, len(params.values), params.timings["attack"]) == (((0, 4), (4, 8), (8, 10)), 8, 12.0)
    (step,) = found.steps
    assert {name for name in step.inputs if name.startswith("s")} == {row.name for row in rows}
    ended = audit.extend(known("audit", request, DATA, [*rows, done(step, REPORTED)]))
    assert ended.ending is not None
    assert (ended.ending.verdict, ended.ending.metrics) == ("pass", None)
    assert [file.name for file in ended.files] == ["report", "html"]


def test_an_audit_waits_for_its_hardening_and_tells_of_it() -> None:
    request = asked(harden={"train_dataset_id": "dst_d"})
    rows = attacked(request)
    assert audit.extend(known("audit", request, DATA, rows, child=child("queued"))).awaits_child
    trained = done(hardening.train_steps(tough(), model(), DATA[Part.TRAIN])[0])
    metrics = Comparison.model_validate(COMPARISON)
    well = child("succeeded", model_id="mdl_b", verdict="pass", metrics=metrics, trained=trained)
    params = reported(audit.extend(known("audit", request, DATA, rows, child=well)))
    assert isinstance(params.hardening, AuditHardening)
    assert (params.hardening.model_id, params.hardening.layers) == ("mdl_b", ("conv1", "fc"))
    assert [file.name for file in params.artifacts] == ["onnx", "manifest"]


@pytest.mark.parametrize(
    ("what", "detail"),
    [
        (child("failed", problem=problem("memory-limit", "more than 8 GiB")), "more than 8 GiB"),
        (child("cancelled"), "It was cancelled"),
    ],
)
def test_a_hardening_without_a_result_leaves_the_audits_own(what: Child, detail: str) -> None:
    request = asked(harden={"train_dataset_id": "dst_d"})
    params = reported(audit.extend(known("audit", request, DATA, attacked(request), child=what)))
    assert isinstance(params.hardening, NotHardened)
    assert params.hardening.problem.detail == detail
    assert params.artifacts == ()


def test_an_audit_that_ends_early_reports_what_there_is_and_drops_its_hardening() -> None:
    request = asked(harden={"train_dataset_id": "dst_d"}, time_budget=5)
    rows = attacked(request)[:3]  # both attacks on the first slice, one on the second
    found = audit.extend(known("audit", request, DATA, rows, child=child("queued"), stopped="time_budget"))
    assert found.drops_child
    params = reported(found)
    assert (params.slices, params.dataset.evaluated) == (((0, 4),), 4)
    assert sorted(map(str, params.values)) == ["samples.0.0", "samples.1.0"]
    assert params.stopped is not None
    assert params.stopped.detail.endswith("4 of 10 samples were evaluated by 2 of 2 attacks")
    with pytest.raises(TimeLimit):
        audit.extend(known("audit", request, DATA, stopped="time_budget"))


def test_a_rule_may_be_broken_before_the_end() -> None:
    rules = [{"metric": "worst_case.robust_accuracy", "op": ">=", "value": 0.9}]
    request = asked(policy={"rules": rules}, stop_on="fail")
    first = audit.extend(known("audit", request, DATA)).steps[0]
    assert not audit.is_decided(known("audit", request, DATA, [done(first)]))
    fooled = ATTACKED.model_copy(update={"success": 2})
    assert audit.is_decided(known("audit", request, DATA, [done(first, fooled)])), "8 of 10 at most"


def tough(**fields: Any) -> HardeningRequest:
    body = {"model_id": "mdl_a", "train_dataset_id": "dst_d", "eval_dataset_id": "dst_c", "epochs": 2, **fields}
    return with_evaluation(HardeningRequest.model_validate(body))


def test_a_hardening_trains_compares_and_reports() -> None:
    request = tough(eval_max_samples=4)
    first = hardening.extend(known("hardening", request, DATA))
    (train,) = first.steps
    assert (train.name, train.stage, train.extends, train.weight) == ("train", Stage.HARDEN, True, 100.0)
    assert [later.phase for later in first.ahead] == ["training", "evaluation", "report"]
    assert first.ahead[1] == Ahead("evaluation", Stage.ATTACK, 16.0, 4)
    trained = done(train)
    second = hardening.extend(known("hardening", request, DATA, [trained]))
    assert names(second) == ["samples.0.0", "samples.1.0", "after.samples.0.0", "after.samples.1.0"]
    before, after = second.steps[0], second.steps[2]
    assert (before.inputs["model"], after.inputs["model"]) == (model().blob, trained.result.files["onnx"].blob)
    assert [file.name for file in second.files] == ["onnx", "manifest"], "checkpoints are listed before the comparison"
    rows = [trained, *(done(step) for step in second.steps)]
    third = hardening.extend(known("hardening", request, DATA, rows))
    assert reported(third).training == trained.value(HardenValue)
    assert {name for name in third.steps[0].inputs if "samples" in name} == {row.name for row in rows[1:]}
    value = REPORTED.model_copy(update={"metrics": Comparison.model_validate(COMPARISON)})
    ending = hardening.extend(known("hardening", request, DATA, [*rows, done(third.steps[0], value)])).ending
    assert ending is not None
    assert ending.hardened is not None
    assert (ending.verdict, ending.metrics, ending.parent_id) == ("pass", value.metrics, "mdl_a")
    assert (ending.hardened.inspection, ending.filename) == (MODEL, "onnx")


def test_a_hardening_of_an_audit_keeps_the_examples_of_both_models() -> None:
    request = tough(eval_max_samples=4)
    trained = done(hardening.extend(known("hardening", request, DATA)).steps[0])
    steps = hardening.extend(known("hardening", request, DATA, [trained], keeps_examples=True)).steps
    assert [step.params.dump()["keep_examples"] for step in steps] == [True, True, True, True]


def test_a_hardening_without_held_out_data_ends_with_its_training() -> None:
    request, data = tough(eval_dataset_id=None), {Part.TRAIN: DATA[Part.TRAIN]}
    first = hardening.extend(known("hardening", request, data))
    assert [later.phase for later in first.ahead] == ["training"]
    ending = hardening.extend(known("hardening", request, data, [done(first.steps[0])])).ending
    assert ending is not None
    assert (ending.verdict, ending.metrics) == ("inconclusive", None)


def test_an_inspection_ends_with_what_it_found() -> None:
    step = inspection.inspection_step(Stage.INSPECT_MODEL, model().blob, InspectModelParams())
    found = done(step, InspectModelValue(**dict(MODEL)))
    ending = inspection.extend(known("inspect_model", InspectModelParams(), {}, [found])).ending
    assert ending is not None
    assert ending.inspected == found.result


def test_a_close_look_and_a_rival_are_planned() -> None:
    request = tough(eval_max_samples=6, compare=True, scrutiny={"max_samples": 5}, method="pat")
    train, rival = hardening.extend(known("hardening", request, DATA)).steps
    assert [(step.name, step.extends) for step in (train, rival)] == [("train", False), ("train.rival", False)]
    told = [step.params.dump()["harden"] for step in (train, rival)]
    assert [isinstance(options, dict) and options["method"] for options in told] == ["pat", "sns"]
    assert isinstance(told[0], dict)
    assert not {"compare", "scrutiny"} & set(told[0])
    alone = hardening.extend(known("hardening", tough(eval_max_samples=6, method="pat"), DATA)).steps[0]
    assert alone.params == train.params, "the comparison changes no training"
    trained = [done(train), done(rival)]
    steps = hardening.extend(known("hardening", request, DATA, trained)).steps
    found = {step.name: step for step in steps}
    own = [name for name in found if name.startswith("samples.")]
    assert sorted(own) == [f"samples.{i}.{j}" for i in range(4) for j in (0, 1)]
    params = [found[f"samples.2.{j}"].params.dump() for j in (0, 1)]
    cuts = [(part["start"], part["stop"]) for part in params]
    assert cuts == [(0, 4), (4, 5)], "the first five of the six"
    assert {"sums.0", "after.sums.1", "rival.sums.0", "rival.samples.3.1"} <= set(found)
    transfer, twin = found["after.samples.4.0"], found["after.samples.5.0"]
    assert (transfer.stage, twin.stage) == (Stage.TRANSFER, Stage.TRANSFER)
    assert (transfer.inputs["source"], "source" in twin.inputs) == (model().blob, False)
    assert "rival.samples.4.0" not in found, "what is made elsewhere is tried on the hardened model alone"
    rows = [*trained, *(done(step, MEASURED if step.stage is Stage.NEURONS else ATTACKED) for step in steps)]
    report = reported(hardening.extend(known("hardening", request, DATA, rows)))
    assert (report.training is None, report.rival is None) == (False, False)
    assert len(report.values) == len(steps)

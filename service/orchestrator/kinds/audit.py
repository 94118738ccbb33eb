"""The plan of an audit: ``[preparing →] attacks, [neurons.…] → [hardening] → report``.

Data is prepared where the model takes its labels or channels in another form. The hardening is a job of its own.
"""

from typing import Any

from openapi.audits import AuditRequest
from openapi.problems import TimeLimit, problem
from service.orchestrator.analyses import analysis_steps, is_analysis
from service.orchestrator.analyses.base import Planning
from service.orchestrator.evaluation import aimed_attacks, attack_steps, evaluated, slices
from service.orchestrator.hardened import hardening_facts
from service.orchestrator.matching import as_taken, prepare_steps
from service.orchestrator.partial import broken_rules
from service.orchestrator.plan import Child, Ending, Extension, Known, Step, Subject
from service.orchestrator.reporting import REPORT, artifact_info, done_of, report_step
from service.orchestrator.validation import check_audit

ATTACKS = "attacks"


def extend(known: Known) -> Extension:
    """What comes next. Raises the errors of `check_audit`, and `TimeLimit` when time ended before any result."""
    model, raw = known.subjects["model"], known.subjects["eval"]
    preparing = prepare_steps(model, {"eval": raw})
    if preparing and not known.planned:
        check_audit(known.request, model, raw, known.subjects.get("train"))
        return Extension(steps=preparing)
    dataset = as_taken(known, "eval")
    request = check_audit(known.request, model, dataset, known.subjects.get("train"))
    if not any(done.phase == ATTACKS for done in known.done.values()) and known.stopped is None:
        return Extension(steps=attack_phase(request, model, dataset, known.slice_size))
    if REPORT in known.done:
        value = known.done[REPORT].result.value
        ending = Ending(value.get("verdict"), value.get("metrics"))
        return Extension(files=tuple(known.done[REPORT].result.files.values()), ending=ending)
    if known.child is not None and not known.child.ended and known.stopped is None:
        return Extension(awaits_child=True)
    return _report(known, request, dataset)


def _report(known: Known, request: AuditRequest, dataset: Subject) -> Extension:
    rows = [done for done in known.done.values() if is_droppable(done.phase)]
    if not any(done.name.startswith("samples.") for done in rows):
        raise TimeLimit(f"The time budget of {request.time_budget:g} s ended before any attack had a result")
    child, drops, facts, artifacts = known.child, False, None, []
    if child is not None:
        drops = not child.ended
        facts = _of_hardening(child)
        if child.trained is not None and child.status == "succeeded":
            artifacts = [artifact_info(child.id, file, known.now) for file in child.trained.files.values()]
    step = report_step(known, request, known.subjects["model"], dataset, rows, hardening=facts, artifacts=artifacts)
    return Extension(steps=(step,), drops_child=drops)


def _of_hardening(child: Child) -> dict[str, Any]:
    """What the report says of the hardening; where that came to nothing the audit's own results stand."""
    if child.status == "succeeded" and child.trained is not None:
        return hardening_facts(child, child.trained)
    why = "It was cancelled" if child.ended else "It was not begun: the audit ended early"
    return {"id": child.id, "problem": child.problem or problem("job-failed", why).model_dump(mode="json")}


def attack_phase(request: AuditRequest, model: Subject, dataset: Subject, slice_size: int) -> list[Step]:
    """The phase ``attacks``: every attack and σ over every slice; and a phase for each further analysis of neurons."""
    cuts = slices(evaluated(dataset, request), request.execution, slice_size)
    options: dict[str, Any] = {
        "choice": request.samples,
        "seed": request.seed,
        "keep_examples": request.keep_examples,
        "execution": request.execution,
    }
    specs, few = aimed_attacks(request, model, dataset), request.survivors_only
    steps = attack_steps(ATTACKS, "", model, dataset, specs, cuts, survivors_only=few, **options)
    return steps + analysis_steps(Planning(request, model, dataset, cuts))


def is_droppable(phase: str | None) -> bool:
    """Whether an audit that ends early does without what is unfinished in a phase."""
    return phase == ATTACKS or is_analysis(phase)


def is_decided(known: Known) -> bool:
    """Whether the policy of an audit with `stop_on` is broken for certain."""
    request = known.request
    cuts = slices(evaluated(known.subjects["eval"], request), request.execution, known.slice_size)
    return bool(broken_rules(request, cuts, done_of(known.of(ATTACKS))))

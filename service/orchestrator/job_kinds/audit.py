"""The plan of an audit: ``[preparing →] [replay →] attacks, [neurons.…] → [hardening] → report``.

Data is prepared where the model takes its labels or channels in another form. The hardening is a job of its own.
"""

from openapi.audits import AuditRequest
from openapi.problems import TimeLimit
from openapi.stages.base import Stage
from openapi.stages.report import ReportValue
from openapi.status import JobStatus
from service.orchestrator.analyses import analysis_steps, is_analysis
from service.orchestrator.analyses.base import Planning
from service.orchestrator.analyses.dissection import other_dataset
from service.orchestrator.evaluation import Samples, aimed_attacks, attack_steps, evaluated, slices
from service.orchestrator.hardened import of_audit
from service.orchestrator.matching import CONCEPTS_POINTER, as_taken, class_names, prepare_steps
from service.orchestrator.partial import attacked, broken_rules
from service.orchestrator.plan import Ahead, Ending, Extension, Known, Step
from service.orchestrator.replaying import REPLAY, replay_step, replayed_verdicts
from service.orchestrator.reporting import REPORT, listed, report_step
from service.orchestrator.subjects import DatasetSubject, ModelSubject, Part
from service.orchestrator.validation import check_audit

ATTACKS = "attacks"


def extend(known: Known[AuditRequest]) -> Extension:
    """What comes next. Raises the errors of `check_audit`, and `TimeLimit` when time ended before any result."""
    model, raw, train = known.model, known.datasets[Part.EVAL], known.datasets.get(Part.TRAIN)
    masked = known.datasets.get(Part.CONCEPTS)
    preparing = prepare_steps(model, {Part.EVAL: raw, **({} if masked is None else {Part.CONCEPTS: masked})})
    if preparing and not known.planned:
        check_audit(known.request, model, raw, train, masked)
        return Extension(steps=preparing, ahead=ahead(known))
    dataset = as_taken(known, Part.EVAL)
    request = check_audit(known.request, model, dataset, train, masked)
    if request.replay_of is not None and REPLAY not in known.planned:
        return Extension(steps=(replay_step(known, request, dataset),), ahead=ahead(known))
    if not known.of(ATTACKS) and known.stopped is None:
        concepts = None if masked is None else as_taken(known, Part.CONCEPTS)
        steps = attack_phase(request, model, dataset, known.slice_size, concepts)
        return Extension(steps=steps, ahead=ahead(known))
    if REPORT in known.done:
        done = known.done[REPORT]
        value = done.value(ReportValue)
        return Extension(files=tuple(done.result.files.values()), ending=Ending(value.verdict, value.metrics))
    if known.child is not None and not known.child.ended and known.stopped is None:
        return Extension(awaits_child=True)
    return _report(known, request, dataset)


def _report(known: Known[AuditRequest], request: AuditRequest, dataset: DatasetSubject) -> Extension:
    rows = [done for done in known.done.values() if is_droppable(done.phase)]
    if not attacked(rows):
        raise TimeLimit(f"The time budget of {request.time_budget:g} s ended before any attack had a result")
    child, files = known.child, []
    if child is not None and child.trained is not None and child.status == JobStatus.SUCCEEDED:
        files = [listed(child.id, file, known.now) for file in child.trained.result.files.values()]
    hardening = None if child is None else of_audit(child)
    step = report_step(known, request, known.model, dataset, rows, hardening=hardening, artifacts=files)
    return Extension(steps=(step,), drops_child=child is not None and not child.ended)


def named(request: AuditRequest) -> dict[Part, tuple[str, str]]:
    """The data set with masks of concepts, where it is not the audited one, and the field that names it."""
    asked = None if request.explain is None else request.explain.dissection
    other = None if asked is None else other_dataset(asked, request.dataset_id)
    return {} if other is None else {Part.CONCEPTS: (other, CONCEPTS_POINTER)}


def attack_phase(
    request: AuditRequest,
    model: ModelSubject,
    dataset: DatasetSubject,
    slice_size: int,
    concepts: DatasetSubject | None = None,
) -> list[Step]:
    """The phase ``attacks``: every attack and σ over every slice; and a phase for each further analysis of neurons."""
    samples = Samples.of(request, dataset, slice_size, keep_examples=request.keep_examples)
    specs = aimed_attacks(request, model, dataset)
    steps = attack_steps(ATTACKS, model, samples, specs, survivors_only=request.survivors_only)
    whole = None
    if concepts is not None:
        whole = (concepts, slices(concepts.inspection.num_samples, request.execution, slice_size))
    return steps + analysis_steps(Planning(request, model, dataset, samples.cuts, whole))


def ahead(known: Known[AuditRequest]) -> list[Ahead]:
    """The phases of an audit, but for those of analyses and of its hardening, which is a job of its own."""
    request = known.request
    n = evaluated(known.datasets[Part.EVAL], request)
    count = len(slices(n, request.execution, known.slice_size)) * len(request.attacks or ())
    return [Ahead(ATTACKS, Stage.ATTACK, float(n * len(request.attacks or ())), count), Ahead(REPORT, Stage.REPORT)]


def is_droppable(phase: str | None) -> bool:
    """Whether an audit that ends early does without what is unfinished in a phase."""
    return phase == ATTACKS or is_analysis(phase)


def is_decided(known: Known[AuditRequest]) -> bool:
    """Whether the policy of an audit with `stop_on` is broken for certain."""
    request, tried = known.request, known.of(ATTACKS)
    if tried and "fail" in replayed_verdicts(known):
        return True  # the report is of what has run, and one attack on one slice is the least of it
    cuts = slices(evaluated(known.datasets[Part.EVAL], request), request.execution, known.slice_size)
    names = class_names(known.model, as_taken(known, Part.EVAL))
    return bool(broken_rules(request, cuts, attacked(tried), names))

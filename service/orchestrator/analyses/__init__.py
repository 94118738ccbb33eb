"""How each analysis is planned: a module of its name with its ``PLAN``."""

from importlib import import_module
from typing import Any

from openapi.analyses import ANALYSES, OWN, SENSITIVITY, further
from openapi.audits import AuditRequest
from openapi.problems import InvalidField
from service.orchestrator.analyses import explain
from service.orchestrator.analyses.base import Plan, Planning
from service.orchestrator.plan import Known, Step
from service.orchestrator.subjects import DatasetSubject, ModelSubject

PLANS: dict[str, Plan[Any]] = {
    name: import_module(f"service.orchestrator.analyses.{name}").PLAN for name in (*ANALYSES, *OWN)
}


def _options(request: AuditRequest, name: str) -> Any:
    if name in OWN:
        return getattr(request, name)
    return request.neurons if name == SENSITIVITY.name else ANALYSES[name].asked(request.neurons)


def analysis_steps(plan: Planning) -> list[Step]:
    """The steps of all analyses that a request asks for, each step once: analyses may share some."""
    steps: dict[str, Step] = {}
    for name in (*ANALYSES, *OWN):
        if (options := _options(plan.request, name)) is not None:
            for step in PLANS[name].steps(options, plan):
                steps.setdefault(step.name, step)
    return list(steps.values())


def check_neurons(request: AuditRequest, model: ModelSubject, dataset: DatasetSubject) -> AuditRequest:
    """The request with the analyses that can be done.

    One that cannot be done is left out when it was only there by default or by preset. Raises `InvalidField` when it
    was asked for.
    """
    if request.neurons is None:
        return request
    asked = "neurons" in request.model_fields_set
    if not model.inspection.differentiable:
        if asked:
            raise InvalidField(
                "/neurons", f"the model {model.name!r} has no gradients, and dual pairs need them; set null"
            )
        return request.model_copy(update={"neurons": None})
    for analysis in further():
        if (options := analysis.asked(request.neurons)) is not None:
            try:
                PLANS[analysis.name].check(options, request, model, dataset)
            except InvalidField:
                if asked:
                    raise
                request = _without(request, analysis.name)
    return request


def left_out(
    asked: AuditRequest, kept: AuditRequest, model: ModelSubject, dataset: DatasetSubject
) -> dict[str, str] | None:
    """Why analyses that a preset names, or parts of one, are not among those that were `kept`; None when all are."""
    reasons: dict[str, str] = {}
    for name in (*(analysis.name for analysis in further()), *OWN):
        if (options := _options(asked, name)) is not None and _options(kept, name) is None:
            try:
                PLANS[name].check(options, asked, model, dataset)
            except InvalidField as error:
                reasons[name] = str(error)
    if asked.explain is not None and kept.explain is not None:
        parts = explain.without(asked.explain, asked, model, dataset)
        reasons |= {f"explain.{part}": str(why) for part, why in parts.items() if getattr(kept.explain, part) is None}
    return reasons or None


def check_own(request: AuditRequest, model: ModelSubject, dataset: DatasetSubject) -> AuditRequest:
    """The same of the analyses with a field of their own."""
    for name in OWN:
        if (options := _options(request, name)) is not None:
            try:
                PLANS[name].check(options, request, model, dataset)
            except InvalidField:
                if name in request.model_fields_set:
                    raise
                request = request.model_copy(update={name: PLANS[name].lessened(options, request, model, dataset)})
    return request


def _without(request: AuditRequest, name: str) -> AuditRequest:
    neurons = request.neurons and request.neurons.with_parts(**{name: None})
    return request.model_copy(update={"neurons": neurons})


def is_analysis(phase: str | None) -> bool:
    """Whether a phase is that of an analysis."""
    return phase is not None and (phase in OWN or phase.startswith("neurons."))


def whole_analyses(known: Known[Any]) -> list[str]:
    """The works of which every step that was planned has succeeded: the others tell nothing about all samples."""
    works = {work.name for analysis in (*ANALYSES.values(), *OWN.values()) for work in analysis.works}
    unfinished = {name.partition(".")[0] for name in known.planned if name not in known.done}
    there = {name.partition(".")[0] for name in known.done}
    return [work for work in works if work in there and work not in unfinished]

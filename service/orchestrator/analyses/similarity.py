"""The steps of similarity: the targeted pairs of importance, made with its defaults where nobody asked for it."""

from openapi.analyses.importance import IMPORTANCE, MOST_TARGETS, ImportanceOptions
from openapi.analyses.similarity import SIMILARITY, SimilarityOptions
from openapi.audits import AuditRequest
from openapi.problems import InvalidField
from service.orchestrator.analyses.base import Plan, Planning
from service.orchestrator.analyses.importance import targeted_steps, targets_of
from service.orchestrator.plan import Step
from service.orchestrator.subjects import DatasetSubject, ModelSubject


def _pairs(options: SimilarityOptions, request: AuditRequest) -> ImportanceOptions:
    return IMPORTANCE.asked(request.neurons) or ImportanceOptions(max_samples=options.max_samples)


def steps(options: SimilarityOptions, plan: Planning) -> list[Step]:
    """Those of importance, and no others."""
    return targeted_steps(SIMILARITY, _pairs(options, plan.request), plan)


def check(options: SimilarityOptions, request: AuditRequest, model: ModelSubject, dataset: DatasetSubject) -> None:
    """Raise `InvalidField` without two targets, or when the samples are not those of importance."""
    importance = IMPORTANCE.asked(request.neurons)
    pointer = f"/neurons/{SIMILARITY.name}"
    if importance is not None and options.max_samples not in (None, importance.max_samples):
        raise InvalidField(f"{pointer}/max_samples", "the pairs are those of `importance`; set it there")
    targets = targets_of(_pairs(options, request), model)
    if len(targets) < 2:
        raise InvalidField(pointer, "similarity compares targets; two at least are needed")
    if len(targets) > MOST_TARGETS:
        raise InvalidField(pointer, f"{len(targets)} targets; name at most {MOST_TARGETS} in `importance`")


PLAN = Plan(steps, check)

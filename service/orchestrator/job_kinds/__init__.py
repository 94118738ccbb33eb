"""The kinds of jobs: for each a module of pure functions that draw its plan."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic

from openapi.audits import AuditRequest
from openapi.hardenings import HardeningRequest
from openapi.status import JobKind
from service.orchestrator.job_kinds import audit, hardening, inspection
from service.orchestrator.plan import Extension, Known, Request
from service.orchestrator.subjects import Part


@dataclass(frozen=True)
class Kind(Generic[Request]):
    """What the orchestrator asks of a kind of job.

    `request` reads the stored request. `datasets`: what a data set is for → column of the job with its id, and the
    place in the request that is blamed for it; `named` the same of those that the request alone names, by their ids.
    `extend` says how the plan goes on, of a job that has no step yet as
    well. `is_decided`: whether the result of an audit that may stop is known, asked after every step where the request
    has a value at `stop_field`. `is_droppable`: whether a job that ends early does without what a phase has not done.
    """

    extend: Callable[[Known[Request]], Extension]
    request: Callable[[Any], Request]
    datasets: Mapping[Part, tuple[str, str]] = field(default_factory=dict)
    named: Callable[[Request], Mapping[Part, tuple[str, str]]] = lambda request: {}
    is_decided: Callable[[Known[Request]], bool] | None = None
    stop_field: str = ""
    is_droppable: Callable[[str | None], bool] = lambda phase: False


JOB_KINDS: dict[JobKind, Kind[Any]] = {
    JobKind.AUDIT: Kind(
        audit.extend,
        AuditRequest.model_validate,
        {
            Part.EVAL: ("dataset_id", "/dataset_id"),
            Part.TRAIN: ("train_dataset_id", "/harden/train_dataset_id"),
        },
        audit.named,
        is_decided=audit.is_decided,
        stop_field="stop_on",
        is_droppable=audit.is_droppable,
    ),
    JobKind.HARDENING: Kind(
        hardening.extend,
        HardeningRequest.model_validate,
        {
            Part.EVAL: ("dataset_id", "/eval_dataset_id"),
            Part.TRAIN: ("train_dataset_id", "/train_dataset_id"),
        },
    ),
    JobKind.INSPECT_MODEL: Kind(inspection.extend, dict),
    JobKind.INSPECT_DATASET: Kind(inspection.extend, dict),
}

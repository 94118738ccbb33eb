"""The kinds of jobs: for each a module of pure functions that draw its plan."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from openapi.audits import AuditRequest
from openapi.hardenings import HardeningRequest
from service.orchestrator.kinds import audit, hardening, inspection
from service.orchestrator.plan import Extension, Known


@dataclass(frozen=True)
class Kind:
    """What the orchestrator asks of a kind of job.

    `request` reads the stored request. `subjects`: part that a subject plays → column of the job with its id, and the
    place in the request that is blamed for it. `extend` says how the plan goes on, of a job that has no step yet as
    well. `is_decided`: whether the result of an audit that may stop is known, asked after every step where the request
    has a value at `stop_field`. `is_droppable`: whether a job that ends early does without what a phase has not done.
    """

    extend: Callable[[Known], Extension]
    request: Callable[[Any], Any] = dict
    subjects: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    is_decided: Callable[[Known], bool] | None = None
    stop_field: str = ""
    is_droppable: Callable[[str | None], bool] = lambda phase: False


KINDS: dict[str, Kind] = {
    "audit": Kind(
        audit.extend,
        AuditRequest.model_validate,
        {
            "model": ("model_id", "/model_id"),
            "eval": ("dataset_id", "/dataset_id"),
            "train": ("train_dataset_id", "/harden/train_dataset_id"),
        },
        is_decided=audit.is_decided,
        stop_field="stop_on",
        is_droppable=audit.is_droppable,
    ),
    "hardening": Kind(
        hardening.extend,
        HardeningRequest.model_validate,
        {
            "model": ("model_id", "/model_id"),
            "eval": ("dataset_id", "/eval_dataset_id"),
            "train": ("train_dataset_id", "/train_dataset_id"),
        },
    ),
    "inspect_model": Kind(inspection.extend),
    "inspect_dataset": Kind(inspection.extend),
}

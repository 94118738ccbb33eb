"""What a training that runs, was cancelled or failed says of itself."""

from typing import Any

from pydantic import ValidationError

from openapi.artifacts import BEST_SO_FAR
from openapi.hardenings import SoFar
from openapi.stages.harden import Underway
from openapi.status import TERMINAL
from openapi.wire.jobs import artifact_id
from service.db.tables import Job


def underway(job: Job) -> Underway | None:
    """Where the training of a job that has not ended stands; None when it does not train now."""
    return None if job.status in TERMINAL or not job.progress else _read(job.progress.get("told"))


def so_far(job: Job) -> SoFar | None:
    """The best weights that a cancelled or failed job has left."""
    left = (job.metrics or {}).get("so_far")
    if left is None or BEST_SO_FAR not in left["files"]:
        return None
    told = _read(left["told"])
    best = None if told is None else told.best
    return SoFar(
        epoch=best and best.epoch,
        clean_accuracy=best and best.clean_accuracy,
        robust_accuracy=best and best.robust_accuracy,
        judged_on=best and best.judged_on,
        href=f"/v1/artifacts/{artifact_id(job.id, BEST_SO_FAR)}",
    )


def _read(told: Any) -> Underway | None:
    """What a worker has told, where it has the form that this version knows."""
    try:
        return None if told is None else Underway.model_validate(told)
    except ValidationError:
        return None

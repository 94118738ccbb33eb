"""What state a step is in."""

from enum import StrEnum


class StepStatus(StrEnum):
    """A `waiting` step becomes `queued` when all that it waits for has succeeded; a `dropped` one is done without."""

    WAITING = "waiting"
    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"
    DROPPED = "dropped"


UNFINISHED = (StepStatus.WAITING, StepStatus.QUEUED, StepStatus.RUNNING)

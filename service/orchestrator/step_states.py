"""What state a step is in, and how far it is."""

from enum import StrEnum
from typing import NotRequired, TypedDict

from openapi.base import JsonObject


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


class Progress(TypedDict):
    """How far a step or a phase is, as it is kept; `told`: what a step says of itself (`WorkerEvent.told`)."""

    done: float
    total: float
    unit: str
    told: NotRequired[JsonObject]

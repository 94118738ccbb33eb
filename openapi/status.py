"""The kinds of jobs, and the status of jobs and uploads."""

from enum import StrEnum


class JobKind(StrEnum):
    """What a job does. Inspections are jobs too; callers see them as the state of their upload."""

    AUDIT = "audit"
    HARDENING = "hardening"
    INSPECT_MODEL = "inspect_model"
    INSPECT_DATASET = "inspect_dataset"


class JobStatus(StrEnum):
    """`cancelling`: it is to stop, and a worker has not done so yet."""

    QUEUED = "queued"
    RUNNING = "running"
    CANCELLING = "cancelling"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


class UploadStatus(StrEnum):
    """Of an uploaded model or data set."""

    INSPECTING = "inspecting"
    READY = "ready"
    REJECTED = "rejected"


#: The states that a job ends in.
TERMINAL = (JobStatus.SUCCEEDED, JobStatus.FAILED, JobStatus.CANCELLED)

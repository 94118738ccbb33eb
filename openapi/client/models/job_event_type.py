from enum import StrEnum


class JobEventType(StrEnum):
    ARTIFACT = "artifact"
    PHASE = "phase"
    PROGRESS = "progress"
    RETRY = "retry"
    STATUS = "status"

    def __str__(self) -> str:
        return str(self.value)

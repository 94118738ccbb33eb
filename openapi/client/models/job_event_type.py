from enum import StrEnum


class JobEventType(StrEnum):
    ARTIFACT = "artifact"
    PHASE = "phase"
    PROGRESS = "progress"
    RETRY = "retry"
    STATUS = "status"

    @classmethod
    def _missing_(cls, value: object) -> "JobEventType | None":
        """A word of a newer server, as it came."""
        if not isinstance(value, str):
            return None
        word = str.__new__(cls, value)
        word._name_, word._value_ = value, value
        return word

    def __str__(self) -> str:
        return str(self.value)

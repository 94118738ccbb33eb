from enum import StrEnum


class EventAnswerOutcome(StrEnum):
    IGNORED = "ignored"
    KNOWN = "known"
    TAKEN = "taken"

    def __str__(self) -> str:
        return str(self.value)

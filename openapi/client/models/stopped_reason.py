from enum import StrEnum


class StoppedReason(StrEnum):
    STOP_ON = "stop_on"
    TIME_BUDGET = "time_budget"

    def __str__(self) -> str:
        return str(self.value)

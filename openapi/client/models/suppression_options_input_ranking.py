from enum import StrEnum


class SuppressionOptionsInputRanking(StrEnum):
    CONDUCTANCE = "conductance"
    IMPORTANCE = "importance"
    RANDOM = "random"
    RATIO = "ratio"
    SENSITIVITY = "sensitivity"

    def __str__(self) -> str:
        return str(self.value)

from enum import StrEnum


class NeuronReportSuppressionSectionRanking(StrEnum):
    CONDUCTANCE = "conductance"
    IMPORTANCE = "importance"
    RANDOM = "random"
    RATIO = "ratio"
    SENSITIVITY = "sensitivity"

    def __str__(self) -> str:
        return str(self.value)

from enum import StrEnum


class ComparisonReportVerdict(StrEnum):
    BETTER = "better"
    MIXED = "mixed"
    NO_DIFFERENCE = "no_difference"
    WORSE = "worse"

    def __str__(self) -> str:
        return str(self.value)

from enum import StrEnum


class BestSoFarJudgedOn(StrEnum):
    MONITORED = "monitored"
    VALIDATION = "validation"

    def __str__(self) -> str:
        return str(self.value)

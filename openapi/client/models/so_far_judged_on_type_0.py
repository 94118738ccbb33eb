from enum import StrEnum


class SoFarJudgedOnType0(StrEnum):
    MONITORED = "monitored"
    VALIDATION = "validation"

    def __str__(self) -> str:
        return str(self.value)

from enum import StrEnum


class HardeningRequestOutputSchedule(StrEnum):
    CONSTANT = "constant"
    COSINE = "cosine"

    def __str__(self) -> str:
        return str(self.value)

from enum import StrEnum


class HardeningRequestOutputCriticality(StrEnum):
    RESTORATION = "restoration"
    WEIGHTS = "weights"

    def __str__(self) -> str:
        return str(self.value)

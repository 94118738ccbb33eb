from enum import StrEnum


class HardeningRequestInputCriticality(StrEnum):
    RESTORATION = "restoration"
    WEIGHTS = "weights"

    def __str__(self) -> str:
        return str(self.value)

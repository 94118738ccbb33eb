from enum import StrEnum


class HardeningRequestOutputAdversary(StrEnum):
    FIXED = "fixed"
    FREE = "free"
    FRESH = "fresh"

    def __str__(self) -> str:
        return str(self.value)

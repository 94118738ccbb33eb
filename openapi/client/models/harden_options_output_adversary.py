from enum import StrEnum


class HardenOptionsOutputAdversary(StrEnum):
    FIXED = "fixed"
    FREE = "free"
    FRESH = "fresh"

    def __str__(self) -> str:
        return str(self.value)

from enum import StrEnum


class HardenOptionsInputLambdaChoice(StrEnum):
    ADAPTIVE = "adaptive"
    FIXED = "fixed"
    SEARCH = "search"

    def __str__(self) -> str:
        return str(self.value)

from enum import StrEnum


class HardenOptionsOutputLambdaChoice(StrEnum):
    ADAPTIVE = "adaptive"
    FIXED = "fixed"
    SEARCH = "search"

    def __str__(self) -> str:
        return str(self.value)

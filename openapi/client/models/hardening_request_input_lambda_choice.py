from enum import StrEnum


class HardeningRequestInputLambdaChoice(StrEnum):
    ADAPTIVE = "adaptive"
    FIXED = "fixed"
    SEARCH = "search"

    def __str__(self) -> str:
        return str(self.value)

from enum import StrEnum


class HardeningRequestOutputSelection(StrEnum):
    ALL = "all"
    DYNAMIC = "dynamic"
    RANDOM = "random"
    SENSITIVE = "sensitive"

    def __str__(self) -> str:
        return str(self.value)

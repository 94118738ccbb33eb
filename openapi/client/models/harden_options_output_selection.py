from enum import StrEnum


class HardenOptionsOutputSelection(StrEnum):
    ALL = "all"
    DYNAMIC = "dynamic"
    RANDOM = "random"
    SENSITIVE = "sensitive"

    def __str__(self) -> str:
        return str(self.value)

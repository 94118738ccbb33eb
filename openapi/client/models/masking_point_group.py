from enum import StrEnum


class MaskingPointGroup(StrEnum):
    RANDOM = "random"
    SENSITIVE = "sensitive"

    def __str__(self) -> str:
        return str(self.value)

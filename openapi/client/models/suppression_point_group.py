from enum import StrEnum


class SuppressionPointGroup(StrEnum):
    CONTROL = "control"
    SENSITIVE = "sensitive"

    def __str__(self) -> str:
        return str(self.value)

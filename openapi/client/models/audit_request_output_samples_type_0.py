from enum import StrEnum


class AuditRequestOutputSamplesType0(StrEnum):
    FIRST = "first"
    PER_CLASS = "per_class"
    RANDOM = "random"

    def __str__(self) -> str:
        return str(self.value)

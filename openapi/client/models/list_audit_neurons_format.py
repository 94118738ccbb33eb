from enum import StrEnum


class ListAuditNeuronsFormat(StrEnum):
    ARROW = "arrow"
    JSON = "json"

    def __str__(self) -> str:
        return str(self.value)

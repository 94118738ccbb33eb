from enum import StrEnum


class GetAuditImageFormat(StrEnum):
    ARROW = "arrow"
    JSON = "json"

    def __str__(self) -> str:
        return str(self.value)

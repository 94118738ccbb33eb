from enum import StrEnum


class ListAuditImagesFormat(StrEnum):
    ARROW = "arrow"
    JSON = "json"

    def __str__(self) -> str:
        return str(self.value)

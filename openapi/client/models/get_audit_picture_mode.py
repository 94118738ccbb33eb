from enum import StrEnum


class GetAuditPictureMode(StrEnum):
    INTERSECTION = "intersection"
    UNION = "union"

    def __str__(self) -> str:
        return str(self.value)

from enum import StrEnum


class UploadStatus(StrEnum):
    INSPECTING = "inspecting"
    READY = "ready"
    REJECTED = "rejected"

    def __str__(self) -> str:
        return str(self.value)

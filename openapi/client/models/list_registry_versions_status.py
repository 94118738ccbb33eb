from enum import StrEnum


class ListRegistryVersionsStatus(StrEnum):
    AUDITING = "auditing"
    DONE = "done"
    QUEUED = "queued"
    REFUSED = "refused"

    def __str__(self) -> str:
        return str(self.value)

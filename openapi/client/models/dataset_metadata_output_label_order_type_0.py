from enum import StrEnum


class DatasetMetadataOutputLabelOrderType0(StrEnum):
    NUMERIC = "numeric"
    ONE_BASED = "one_based"
    TEXT = "text"

    def __str__(self) -> str:
        return str(self.value)

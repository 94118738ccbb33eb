from enum import StrEnum


class DatasetMetadataInputLabelOrderType0(StrEnum):
    NUMERIC = "numeric"
    ONE_BASED = "one_based"
    TEXT = "text"

    def __str__(self) -> str:
        return str(self.value)

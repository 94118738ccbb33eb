from enum import StrEnum


class DatasetInspectionLabelSource(StrEnum):
    GIVEN = "given"
    NAME = "name"
    NUMBER = "number"

    def __str__(self) -> str:
        return str(self.value)

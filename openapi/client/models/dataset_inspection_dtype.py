from enum import StrEnum


class DatasetInspectionDtype(StrEnum):
    FLOAT32 = "float32"
    UINT8 = "uint8"

    def __str__(self) -> str:
        return str(self.value)

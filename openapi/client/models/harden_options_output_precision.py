from enum import StrEnum


class HardenOptionsOutputPrecision(StrEnum):
    FLOAT32 = "float32"
    MIXED = "mixed"

    def __str__(self) -> str:
        return str(self.value)

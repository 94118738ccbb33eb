from enum import StrEnum


class HardeningRequestOutputPrecision(StrEnum):
    FLOAT32 = "float32"
    MIXED = "mixed"

    def __str__(self) -> str:
        return str(self.value)

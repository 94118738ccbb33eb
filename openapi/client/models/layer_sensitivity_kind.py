from enum import StrEnum


class LayerSensitivityKind(StrEnum):
    CONV = "conv"
    LINEAR = "linear"

    def __str__(self) -> str:
        return str(self.value)

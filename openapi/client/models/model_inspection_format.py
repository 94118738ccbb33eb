from enum import StrEnum


class ModelInspectionFormat(StrEnum):
    ONNX = "onnx"
    PT2 = "pt2"
    TORCHSCRIPT = "torchscript"

    def __str__(self) -> str:
        return str(self.value)

from enum import StrEnum


class ModelMetadataFormatType0(StrEnum):
    ONNX = "onnx"
    PT2 = "pt2"
    TORCHSCRIPT = "torchscript"

    def __str__(self) -> str:
        return str(self.value)

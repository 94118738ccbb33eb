from enum import StrEnum


class ModelInfoFormatType0(StrEnum):
    ONNX = "onnx"
    PT2 = "pt2"
    TORCHSCRIPT = "torchscript"

    @classmethod
    def _missing_(cls, value: object) -> "ModelInfoFormatType0 | None":
        """A word of a newer server, as it came."""
        if not isinstance(value, str):
            return None
        word = str.__new__(cls, value)
        word._name_, word._value_ = value, value
        return word

    def __str__(self) -> str:
        return str(self.value)

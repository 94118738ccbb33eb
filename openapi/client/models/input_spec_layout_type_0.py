from enum import StrEnum


class InputSpecLayoutType0(StrEnum):
    NCHW = "NCHW"
    NHWC = "NHWC"

    def __str__(self) -> str:
        return str(self.value)

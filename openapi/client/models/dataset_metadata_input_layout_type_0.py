from enum import StrEnum


class DatasetMetadataInputLayoutType0(StrEnum):
    NCHW = "NCHW"
    NHWC = "NHWC"

    def __str__(self) -> str:
        return str(self.value)

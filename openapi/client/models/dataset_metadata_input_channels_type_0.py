from enum import StrEnum


class DatasetMetadataInputChannelsType0(StrEnum):
    GREY = "grey"
    RGB = "RGB"

    def __str__(self) -> str:
        return str(self.value)

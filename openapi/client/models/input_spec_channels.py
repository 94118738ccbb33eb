from enum import StrEnum


class InputSpecChannels(StrEnum):
    BGR = "BGR"
    RGB = "RGB"

    def __str__(self) -> str:
        return str(self.value)

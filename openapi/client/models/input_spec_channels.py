from enum import StrEnum


class InputSpecChannels(StrEnum):
    BGR = "BGR"
    GREY = "grey"
    RGB = "RGB"

    @classmethod
    def _missing_(cls, value: object) -> "InputSpecChannels | None":
        """A word of a newer server, as it came."""
        if not isinstance(value, str):
            return None
        word = str.__new__(cls, value)
        word._name_, word._value_ = value, value
        return word

    def __str__(self) -> str:
        return str(self.value)

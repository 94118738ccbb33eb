from enum import StrEnum


class HardeningRequestOutputLayersType0(StrEnum):
    ALL = "all"
    AUTO = "auto"
    TOP_HALF = "top_half"

    @classmethod
    def _missing_(cls, value: object) -> "HardeningRequestOutputLayersType0 | None":
        """A word of a newer server, as it came."""
        if not isinstance(value, str):
            return None
        word = str.__new__(cls, value)
        word._name_, word._value_ = value, value
        return word

    def __str__(self) -> str:
        return str(self.value)

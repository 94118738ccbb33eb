from enum import StrEnum


class HardeningRequestOutputPrecision(StrEnum):
    FLOAT32 = "float32"
    MIXED = "mixed"

    @classmethod
    def _missing_(cls, value: object) -> "HardeningRequestOutputPrecision | None":
        """A word of a newer server, as it came."""
        if not isinstance(value, str):
            return None
        word = str.__new__(cls, value)
        word._name_, word._value_ = value, value
        return word

    def __str__(self) -> str:
        return str(self.value)

from enum import StrEnum


class HardenOptionsInputLambdaChoice(StrEnum):
    ADAPTIVE = "adaptive"
    FIXED = "fixed"
    SEARCH = "search"

    @classmethod
    def _missing_(cls, value: object) -> "HardenOptionsInputLambdaChoice | None":
        """A word of a newer server, as it came."""
        if not isinstance(value, str):
            return None
        word = str.__new__(cls, value)
        word._name_, word._value_ = value, value
        return word

    def __str__(self) -> str:
        return str(self.value)

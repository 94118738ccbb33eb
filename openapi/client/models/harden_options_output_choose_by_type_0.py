from enum import StrEnum


class HardenOptionsOutputChooseByType0(StrEnum):
    CLEAN_ACCURACY = "clean_accuracy"
    MEAN = "mean"
    ROBUST_ACCURACY = "robust_accuracy"

    @classmethod
    def _missing_(cls, value: object) -> "HardenOptionsOutputChooseByType0 | None":
        """A word of a newer server, as it came."""
        if not isinstance(value, str):
            return None
        word = str.__new__(cls, value)
        word._name_, word._value_ = value, value
        return word

    def __str__(self) -> str:
        return str(self.value)

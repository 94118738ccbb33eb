from enum import StrEnum


class ImagesPageSort(StrEnum):
    ADVERSARIAL_PROBABILITY = "adversarial_probability"
    BENIGN_PROBABILITY = "benign_probability"
    INDEX = "index"
    L2 = "l2"
    LINF = "linf"

    @classmethod
    def _missing_(cls, value: object) -> "ImagesPageSort | None":
        """A word of a newer server, as it came."""
        if not isinstance(value, str):
            return None
        word = str.__new__(cls, value)
        word._name_, word._value_ = value, value
        return word

    def __str__(self) -> str:
        return str(self.value)

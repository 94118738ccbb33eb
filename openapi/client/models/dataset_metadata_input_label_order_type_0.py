from enum import StrEnum


class DatasetMetadataInputLabelOrderType0(StrEnum):
    NUMERIC = "numeric"
    ONE_BASED = "one_based"
    TEXT = "text"

    @classmethod
    def _missing_(cls, value: object) -> "DatasetMetadataInputLabelOrderType0 | None":
        """A word of a newer server, as it came."""
        if not isinstance(value, str):
            return None
        word = str.__new__(cls, value)
        word._name_, word._value_ = value, value
        return word

    def __str__(self) -> str:
        return str(self.value)

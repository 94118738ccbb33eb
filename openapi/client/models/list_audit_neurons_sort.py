from enum import StrEnum


class ListAuditNeuronsSort(StrEnum):
    ADVERSARIAL_DELTA = "adversarial_delta"
    ADVERSARIAL_RISE = "adversarial_rise"
    BENIGN_DELTA = "benign_delta"
    BENIGN_DROP = "benign_drop"
    CHANGE = "change"
    CROSS = "cross"
    DEVIATION = "deviation"
    MAP_ADVERSARIAL = "map_adversarial"
    MAP_BENIGN = "map_benign"
    NEURON = "neuron"
    RATIO = "ratio"
    SENSITIVITY = "sensitivity"

    @classmethod
    def _missing_(cls, value: object) -> "ListAuditNeuronsSort | None":
        """A word of a newer server, as it came."""
        if not isinstance(value, str):
            return None
        word = str.__new__(cls, value)
        word._name_, word._value_ = value, value
        return word

    def __str__(self) -> str:
        return str(self.value)

from enum import StrEnum


class NeuronOptionsInputSweepOptionsTapsItem(StrEnum):
    ACT = "act"
    CONV = "conv"
    NORM = "norm"
    POOL = "pool"

    def __str__(self) -> str:
        return str(self.value)

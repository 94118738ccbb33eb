from enum import StrEnum


class NeuronOptionsInputZeroPolicy(StrEnum):
    EPS = "eps"
    ONE = "one"
    SKIP = "skip"

    def __str__(self) -> str:
        return str(self.value)

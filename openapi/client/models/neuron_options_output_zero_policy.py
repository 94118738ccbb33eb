from enum import StrEnum


class NeuronOptionsOutputZeroPolicy(StrEnum):
    EPS = "eps"
    ONE = "one"
    SKIP = "skip"

    def __str__(self) -> str:
        return str(self.value)

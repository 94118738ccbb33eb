from enum import StrEnum


class DeepfoolOutputNorm(StrEnum):
    L2 = "l2"
    LINF = "linf"

    def __str__(self) -> str:
        return str(self.value)

from enum import StrEnum


class SquareInputNorm(StrEnum):
    L2 = "l2"
    LINF = "linf"

    def __str__(self) -> str:
        return str(self.value)

from enum import StrEnum


class ThreatModelNormType0(StrEnum):
    L0 = "l0"
    L1 = "l1"
    L2 = "l2"
    LINF = "linf"

    def __str__(self) -> str:
        return str(self.value)

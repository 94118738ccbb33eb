from enum import StrEnum


class ApgdOutputLoss(StrEnum):
    CE = "ce"
    DLR = "dlr"

    def __str__(self) -> str:
        return str(self.value)

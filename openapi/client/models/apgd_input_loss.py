from enum import StrEnum


class ApgdInputLoss(StrEnum):
    CE = "ce"
    DLR = "dlr"

    def __str__(self) -> str:
        return str(self.value)

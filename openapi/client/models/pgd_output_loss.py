from enum import StrEnum


class PgdOutputLoss(StrEnum):
    CE = "ce"
    MARGIN = "margin"

    def __str__(self) -> str:
        return str(self.value)

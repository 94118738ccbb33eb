from enum import StrEnum


class SamplesLeftOutSide(StrEnum):
    BASE = "base"
    CANDIDATE = "candidate"

    def __str__(self) -> str:
        return str(self.value)

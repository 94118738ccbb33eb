from enum import StrEnum


class HardenOptionsInputBatchNorm(StrEnum):
    EVAL = "eval"
    INSERTED = "inserted"
    TRAIN = "train"

    def __str__(self) -> str:
        return str(self.value)

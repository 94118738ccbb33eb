from enum import StrEnum


class HardeningRequestInputBatchNorm(StrEnum):
    EVAL = "eval"
    INSERTED = "inserted"
    TRAIN = "train"

    def __str__(self) -> str:
        return str(self.value)

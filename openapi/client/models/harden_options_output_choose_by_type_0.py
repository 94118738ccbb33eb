from enum import StrEnum


class HardenOptionsOutputChooseByType0(StrEnum):
    CLEAN_ACCURACY = "clean_accuracy"
    MEAN = "mean"
    ROBUST_ACCURACY = "robust_accuracy"

    def __str__(self) -> str:
        return str(self.value)

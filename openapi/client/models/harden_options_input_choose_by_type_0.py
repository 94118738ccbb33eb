from enum import StrEnum


class HardenOptionsInputChooseByType0(StrEnum):
    CLEAN_ACCURACY = "clean_accuracy"
    MEAN = "mean"
    ROBUST_ACCURACY = "robust_accuracy"

    def __str__(self) -> str:
        return str(self.value)

from enum import StrEnum


class HardenOptionsOutputOptimizer(StrEnum):
    ADAM = "adam"
    SGD = "sgd"

    def __str__(self) -> str:
        return str(self.value)

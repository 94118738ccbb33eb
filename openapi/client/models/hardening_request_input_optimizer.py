from enum import StrEnum


class HardeningRequestInputOptimizer(StrEnum):
    ADAM = "adam"
    MUON = "muon"
    SGD = "sgd"

    def __str__(self) -> str:
        return str(self.value)

from enum import StrEnum


class HardenOptionsOutputOptimizer(StrEnum):
    ADAM = "adam"
    MUON = "muon"
    SGD = "sgd"

    def __str__(self) -> str:
        return str(self.value)

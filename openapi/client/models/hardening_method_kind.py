from enum import StrEnum


class HardeningMethodKind(StrEnum):
    EDIT = "edit"
    MODULE = "module"
    TRAINING = "training"

    def __str__(self) -> str:
        return str(self.value)

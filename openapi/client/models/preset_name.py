from enum import StrEnum


class PresetName(StrEnum):
    AUTOATTACK = "autoattack"
    DEEP = "deep"
    PAPER = "paper"
    SMOKE = "smoke"
    STANDARD = "standard"

    def __str__(self) -> str:
        return str(self.value)

from enum import StrEnum


class AuditRequestOutputPresetType0(StrEnum):
    AUTOATTACK = "autoattack"
    DEEP = "deep"
    PAPER = "paper"
    SMOKE = "smoke"
    STANDARD = "standard"

    def __str__(self) -> str:
        return str(self.value)

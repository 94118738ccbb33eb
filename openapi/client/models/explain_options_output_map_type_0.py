from enum import StrEnum


class ExplainOptionsOutputMapType0(StrEnum):
    ASM = "asm"
    CAM = "cam"

    def __str__(self) -> str:
        return str(self.value)

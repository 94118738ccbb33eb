from enum import StrEnum


class ExplainOptionsInputMapType0(StrEnum):
    ASM = "asm"
    CAM = "cam"

    def __str__(self) -> str:
        return str(self.value)

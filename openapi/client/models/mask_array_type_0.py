from enum import StrEnum


class MaskArrayType0(StrEnum):
    TRIED = "tried"
    VULNERABLE = "vulnerable"

    def __str__(self) -> str:
        return str(self.value)

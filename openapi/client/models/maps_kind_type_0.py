from enum import StrEnum


class MapsKindType0(StrEnum):
    CAM = "cam"
    GRAD_CAM = "grad_cam"

    def __str__(self) -> str:
        return str(self.value)

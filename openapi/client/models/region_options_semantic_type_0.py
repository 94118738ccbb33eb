from enum import StrEnum


class RegionOptionsSemanticType0(StrEnum):
    CAM_MASS = "cam_mass"
    ENTROPY = "entropy"

    def __str__(self) -> str:
        return str(self.value)

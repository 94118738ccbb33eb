from enum import StrEnum


class RegionOptionsSegmentation(StrEnum):
    CAM = "cam"
    FELZENSZWALB = "felzenszwalb"
    GRID = "grid"
    MASKS = "masks"
    SLIC = "slic"

    def __str__(self) -> str:
        return str(self.value)

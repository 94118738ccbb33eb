from enum import StrEnum


class HardenOptionsInputAugmentItem(StrEnum):
    CROP = "crop"
    CUTMIX = "cutmix"
    CUTOUT = "cutout"
    FLIP = "flip"

    def __str__(self) -> str:
        return str(self.value)

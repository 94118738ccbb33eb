from enum import StrEnum


class HardenOptionsOutputAugmentItem(StrEnum):
    CROP = "crop"
    CUTMIX = "cutmix"
    CUTOUT = "cutout"
    FLIP = "flip"

    def __str__(self) -> str:
        return str(self.value)

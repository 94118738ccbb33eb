from enum import StrEnum


class HardeningRequestOutputLayersType0(StrEnum):
    ALL = "all"
    AUTO = "auto"
    TOP_HALF = "top_half"

    def __str__(self) -> str:
        return str(self.value)

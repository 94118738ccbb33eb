from enum import StrEnum


class RegionOptionsValues(StrEnum):
    CORNERS = "corners"
    DE = "de"
    MINMAX = "minmax"
    RANDOM = "random"

    def __str__(self) -> str:
        return str(self.value)

from enum import StrEnum


class HardeningRequestInputMethod(StrEnum):
    ALP = "alp"
    AT = "at"
    MART = "mart"
    MEANSPARSE = "meansparse"
    PAT = "pat"
    RIFT = "rift"
    SNS = "sns"
    TRADES = "trades"

    def __str__(self) -> str:
        return str(self.value)

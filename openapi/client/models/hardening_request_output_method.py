from enum import StrEnum


class HardeningRequestOutputMethod(StrEnum):
    ALP = "alp"
    AT = "at"
    MART = "mart"
    MEANSPARSE = "meansparse"
    PAT = "pat"
    RIFT = "rift"
    SNS = "sns"
    TRADES = "trades"

    @classmethod
    def _missing_(cls, value: object) -> "HardeningRequestOutputMethod | None":
        """A word of a newer server, as it came."""
        if not isinstance(value, str):
            return None
        word = str.__new__(cls, value)
        word._name_, word._value_ = value, value
        return word

    def __str__(self) -> str:
        return str(self.value)

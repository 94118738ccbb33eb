from enum import StrEnum


class CheckStatus(StrEnum):
    FAIL = "fail"
    PASS = "pass"
    SKIPPED = "skipped"

    @classmethod
    def _missing_(cls, value: object) -> "CheckStatus | None":
        """A word of a newer server, as it came."""
        if not isinstance(value, str):
            return None
        word = str.__new__(cls, value)
        word._name_, word._value_ = value, value
        return word

    def __str__(self) -> str:
        return str(self.value)

from enum import StrEnum


class Scope(StrEnum):
    ADMIN = "admin"
    READ = "read"
    SUBMIT = "submit"

    @classmethod
    def _missing_(cls, value: object) -> "Scope | None":
        """A word of a newer server, as it came."""
        if not isinstance(value, str):
            return None
        word = str.__new__(cls, value)
        word._name_, word._value_ = value, value
        return word

    def __str__(self) -> str:
        return str(self.value)

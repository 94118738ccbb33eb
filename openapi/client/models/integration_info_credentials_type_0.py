from enum import StrEnum


class IntegrationInfoCredentialsType0(StrEnum):
    PASSWORD = "password"
    TOKEN = "token"

    @classmethod
    def _missing_(cls, value: object) -> "IntegrationInfoCredentialsType0 | None":
        """A word of a newer server, as it came."""
        if not isinstance(value, str):
            return None
        word = str.__new__(cls, value)
        word._name_, word._value_ = value, value
        return word

    def __str__(self) -> str:
        return str(self.value)

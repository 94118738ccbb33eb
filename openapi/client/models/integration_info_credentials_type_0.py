from enum import StrEnum


class IntegrationInfoCredentialsType0(StrEnum):
    PASSWORD = "password"
    TOKEN = "token"

    def __str__(self) -> str:
        return str(self.value)

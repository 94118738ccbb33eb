from enum import StrEnum


class PgdInputTargetType0(StrEnum):
    NEXT = "next"
    RANDOM = "random"
    RUNNER_UP = "runner_up"

    def __str__(self) -> str:
        return str(self.value)

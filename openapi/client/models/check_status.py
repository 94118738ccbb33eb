from enum import StrEnum


class CheckStatus(StrEnum):
    FAIL = "fail"
    PASS = "pass"
    SKIPPED = "skipped"

    def __str__(self) -> str:
        return str(self.value)

from enum import StrEnum


class ExplainOptionsOutputTargetsType0(StrEnum):
    RANDOM = "random"
    RUNNER_UP = "runner_up"

    def __str__(self) -> str:
        return str(self.value)

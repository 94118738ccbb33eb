from enum import StrEnum


class ThreatModelKind(StrEnum):
    BALL = "ball"
    CORRUPTION = "corruption"
    MINIMAL = "minimal"
    OTHER = "other"

    def __str__(self) -> str:
        return str(self.value)

from enum import StrEnum


class WebhookChangeEventsType0ItemType1(StrEnum):
    AUDIT = "audit.*"
    DATASET = "dataset.*"
    HARDENING = "hardening.*"
    MODEL = "model.*"

    def __str__(self) -> str:
        return str(self.value)

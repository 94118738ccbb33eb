from enum import StrEnum


class EventType(StrEnum):
    AUDIT_CANCELLED = "audit.cancelled"
    AUDIT_FAILED = "audit.failed"
    AUDIT_STARTED = "audit.started"
    AUDIT_SUCCEEDED = "audit.succeeded"
    DATASET_READY = "dataset.ready"
    DATASET_REJECTED = "dataset.rejected"
    HARDENING_CANCELLED = "hardening.cancelled"
    HARDENING_FAILED = "hardening.failed"
    HARDENING_STARTED = "hardening.started"
    HARDENING_SUCCEEDED = "hardening.succeeded"
    MODEL_READY = "model.ready"
    MODEL_REJECTED = "model.rejected"
    WEBHOOK_TEST = "webhook.test"

    @classmethod
    def _missing_(cls, value: object) -> "EventType | None":
        """A word of a newer server, as it came."""
        if not isinstance(value, str):
            return None
        word = str.__new__(cls, value)
        word._name_, word._value_ = value, value
        return word

    def __str__(self) -> str:
        return str(self.value)

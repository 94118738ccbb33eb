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

    def __str__(self) -> str:
        return str(self.value)

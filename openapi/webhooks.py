"""Webhooks: whom Tremor tells of what has happened, and what it tells (Standard Webhooks, https://www.standardwebhooks.com)."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from openapi.addresses import WEB_ADDRESS
from openapi.audits import Headline, Verdict
from openapi.base import Frozen, Timestamp
from openapi.problems import Problem


class EventType(StrEnum):
    """What has happened. `webhook.test` is what `POST /v1/webhook-endpoints/{webhook_id}/test` sends, whatever is subscribed to."""

    MODEL_READY = "model.ready"
    MODEL_REJECTED = "model.rejected"
    DATASET_READY = "dataset.ready"
    DATASET_REJECTED = "dataset.rejected"
    AUDIT_STARTED = "audit.started"
    AUDIT_SUCCEEDED = "audit.succeeded"
    AUDIT_FAILED = "audit.failed"
    AUDIT_CANCELLED = "audit.cancelled"
    HARDENING_STARTED = "hardening.started"
    HARDENING_SUCCEEDED = "hardening.succeeded"
    HARDENING_FAILED = "hardening.failed"
    HARDENING_CANCELLED = "hardening.cancelled"
    TEST = "webhook.test"


#: Every event of a kind, those that later versions add among them.
Kind = Literal["model.*", "dataset.*", "audit.*", "hardening.*"]


class EventData(Frozen):
    """What an event is about; ask at `href` for the rest. Of a test event the webhook itself."""

    id: str
    href: str
    status: str
    verdict: Verdict | None = None
    headline: Headline | None = Field(None, description="The report in one line, where there is one")
    problem: Problem | None = None
    model_id: str | None = None
    dataset_id: str | None = None
    hardened_model_id: str | None = None
    labels: dict[str, str] = {}


class WebhookEvent(Frozen):
    """The body of a message. Its id is the header `webhook-id`, the same in every attempt and replay."""

    type: EventType
    timestamp: Timestamp
    data: EventData


#: Where messages are sent. Which addresses it leads to is looked at when they are sent.
WebhookUrl = Annotated[
    str,
    Field(
        max_length=2000,
        pattern=WEB_ADDRESS,
        description="http or https, without a user. Addresses that are not public are refused unless the service "
        "allows them",
        examples=["https://ci.example/hook"],
    ),
]
Subscription = Annotated[
    tuple[EventType | Kind, ...] | None,
    Field(min_length=1, max_length=50, description="Which events are sent, `audit.*` all of audits; null: all"),
]
_Description = Annotated[str, Field(max_length=400)]


class WebhookRequest(Frozen):
    """The body of `POST /v1/webhook-endpoints`."""

    url: WebhookUrl
    description: _Description = ""
    events: Subscription = None


class WebhookChange(Frozen):
    """What is to change; what is left out stays. `enabled` true also takes back that it was disabled for failing."""

    url: WebhookUrl | None = None
    description: _Description | None = None
    events: Subscription = None
    enabled: bool | None = None


class SecretRotation(Frozen):
    """How a secret is replaced."""

    overlap_seconds: float = Field(
        86_400.0,
        ge=0,
        le=30 * 86_400.0,
        description="How long messages are signed with the old secret as well, so that receivers can change over",
    )


class WebhookInfo(Frozen):
    """An endpoint that is told of events."""

    id: str
    url: str
    description: str
    events: tuple[EventType | Kind, ...] | None = Field(description="null: all")
    enabled: bool
    disabled_at: Timestamp | None = None
    disabled_reason: str | None = Field(None, description="Why the service sends nothing any more")
    failing_since: Timestamp | None = Field(None, description="Since when no message has been taken")
    old_secret_ends_at: Timestamp | None = Field(None, description="Until when the secret before is used as well")
    created_at: Timestamp


class NewWebhook(WebhookInfo):
    """An endpoint with its new secret."""

    secret: str = Field(description="`whsec_…`, for verifying signatures; shown this once")


DeliveryStatus = Literal["pending", "delivered", "failed"]


class ReplayRequest(Frozen):
    """Which messages of an endpoint are sent again."""

    since: Timestamp = Field(description="Those that were written at this time or later")
    status: DeliveryStatus = Field("failed", description="Those that are so now")


class ReplayAnswer(Frozen):
    """What came of it."""

    replayed: int = Field(description="Messages that are sent again, each under its id")


class Attempt(Frozen):
    """One try at delivering a message."""

    at: Timestamp
    seconds: float
    status_code: int | None = Field(None, description="What the receiver answered")
    error: str | None = Field(None, description="Why there was no answer that counts")
    replayed: bool = Field(False, description="Whether the message was sent again by `/replay` after this try")


class DeliveryInfo(Frozen):
    """A message to one endpoint, and what became of it."""

    id: str = Field(description="The message's `webhook-id`")
    webhook_id: str
    type: EventType
    status: DeliveryStatus
    attempts: tuple[Attempt, ...] = Field(description="The last tries, the newest last")
    attempt_count: int = Field(description="All tries, those before a replay among them")
    next_attempt_at: Timestamp | None
    event: WebhookEvent
    created_at: Timestamp

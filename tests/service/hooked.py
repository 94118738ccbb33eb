"""Calls of a service's webhooks, and what their receivers check."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import standardwebhooks

from openapi.wire.settings import Settings
from tests.service.receiver import until


def hook(api: httpx.Client, url: str, **fields: Any) -> dict[str, Any]:
    answer = api.post("/v1/webhook-endpoints", json={"url": url, **fields})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def try_out(api: httpx.Client, identity: str) -> str:
    """Have a test event sent; returns the address of its delivery."""
    answer = api.post(f"/v1/webhook-endpoints/{identity}/test")
    assert answer.status_code == 202, answer.text
    return str(answer.headers["location"])


def verified(secret: str, got: dict[str, Any]) -> dict[str, Any]:
    """The event, as the receiver's library gives it. Raises `WebhookVerificationError`."""
    found: dict[str, Any] = standardwebhooks.Webhook(secret).verify(got["body"], got["headers"])
    return found


def tried(api: httpx.Client, place: str, count: int) -> dict[str, Any]:
    """A delivery, once it was tried so often."""

    def look() -> dict[str, Any] | None:
        found: dict[str, Any] = api.get(place).json()
        return found if found["attempt_count"] == count else None

    answer: dict[str, Any] = until(look)
    return answer


def bring_forward(settings: Settings) -> bool:
    """Let the pause before the next tries be over."""
    past = (datetime.now(UTC) - timedelta(seconds=1)).strftime("%Y-%m-%d %H:%M:%S.%f")
    with closing(sqlite3.connect(settings.data_dir / "tremor.db", timeout=60)) as database, database:
        database.execute("UPDATE deliveries SET next_attempt_at = ? WHERE status = 'pending'", (past,))
    return True

"""When a message is tried again, and when an endpoint is given up: pure decisions, told the time."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from service.db.webhooks import Delivery, Webhook

#: Pauses before the second, third, … attempt, as the specification of Standard Webhooks proposes: over three days.
PAUSES = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
#: Receivers that were away together are not asked together again: a pause is up to so much longer.
_JITTER = 0.1
_LONGEST_PAUSE = timedelta(hours=24)
#: An endpoint that has taken nothing for so long is disabled.
GIVE_UP = timedelta(days=5)
#: So many tries are kept of each message.
_KEPT_ATTEMPTS = 20
#: "I want no more of these".
_GONE = 410


@dataclass(frozen=True)
class Outcome:
    """What one try came to: the receiver's answer, or why there was none."""

    at: datetime
    seconds: float
    status_code: int | None = None
    error: str | None = None
    retry_after: timedelta | None = None

    @property
    def is_taken(self) -> bool:
        """Whether the receiver has the message."""
        return self.status_code is not None and 200 <= self.status_code < 300

    def dump(self) -> dict[str, object]:
        """As it is kept, see `openapi.webhooks.Attempt`."""
        told = {"at": self.at.isoformat(), "seconds": round(self.seconds, 3)}
        return {**told, "status_code": self.status_code, "error": self.error}


def next_attempt(count: int, outcome: Outcome, jitter: float) -> datetime | None:
    """When a message is tried again after `count` failed tries; None: no more. `jitter` is in [0, 1)."""
    if count > len(PAUSES):
        return None
    pause = PAUSES[count - 1] * (1 + _JITTER * jitter)
    if outcome.retry_after is not None:
        pause = min(max(pause, outcome.retry_after), _LONGEST_PAUSE)
    return outcome.at + pause


def _in_a_row(row: Delivery) -> int:
    """Tries of a message since it was written or sent again; all of those are kept."""
    told = [bool(attempt.get("replayed")) for attempt in reversed(row.attempts)]
    return told.index(True) if True in told else len(told)


def record(hook: Webhook, row: Delivery, outcome: Outcome) -> None:
    """Write down what a try came to, for the message and for its endpoint."""
    row.attempt_count += 1
    row.attempts = [*row.attempts, outcome.dump()][-_KEPT_ATTEMPTS:]
    if outcome.is_taken:
        row.status, row.next_attempt_at, hook.failing_since = "delivered", None, None
        return
    hook.failing_since = hook.failing_since or outcome.at
    row.next_attempt_at = next_attempt(_in_a_row(row), outcome, random.random())
    row.status = "pending" if row.next_attempt_at is not None else "failed"
    if hook.disabled_at is not None:
        return
    if outcome.status_code == _GONE:
        hook.disabled_at, hook.disabled_reason = outcome.at, "the receiver answered 410 Gone"
    elif outcome.at - hook.failing_since >= GIVE_UP:
        reason = f"no message was taken for {GIVE_UP.days} days; the last try: {outcome.error or outcome.status_code}"
        hook.disabled_at, hook.disabled_reason = outcome.at, reason[:400]

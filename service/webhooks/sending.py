"""One try at delivering a message: a POST to an allowed address, with a signature, a deadline and no redirects."""

import asyncio
import time
from collections.abc import Sequence
from datetime import timedelta
from importlib.metadata import version

import httpcore

from openapi.base import utc_now
from service.db.webhooks import Delivery, Webhook
from service.outgoing import ForbiddenAddress
from service.vault import CannotOpen, Vault
from service.webhooks.retrying import Outcome
from service.webhooks.signing import signed

#: A receiver that has more to do answers first and does it afterwards.
_DEADLINE_SECONDS = 20.0
_PATIENCE_SECONDS = 15.0
_AGENT = f"tremor/{version('tremor')}"


def secrets_of(hook: Webhook, vault: Vault) -> Sequence[str]:
    """The secrets that sign now: the new one, and within the overlap the one before. Raises `CannotOpen`."""
    old, secret = hook.old_secret, vault.open(hook.secret)
    if old is None or hook.old_secret_ends_at is None or hook.old_secret_ends_at <= utc_now():
        return (secret,)
    return (secret, vault.open(old))


async def send(pool: httpcore.AsyncConnectionPool, hook: Webhook, row: Delivery, vault: Vault) -> Outcome:
    """Try once. Whatever goes wrong is an outcome; nothing of what the receiver says but its status is kept."""
    at, begin, body = utc_now(), time.perf_counter(), row.body.encode()
    try:
        secrets = secrets_of(hook, vault)
    except CannotOpen as found:
        return Outcome(at, 0.0, None, f"the secret cannot be used: {found}", None)
    headers = {
        "content-type": "application/json",
        "user-agent": _AGENT,
        **signed(row.id, int(at.timestamp()), body, secrets),
    }
    timeout = dict.fromkeys(("connect", "read", "write", "pool"), _PATIENCE_SECONDS)
    status, error, retry_after = None, None, None
    try:
        async with (
            asyncio.timeout(_DEADLINE_SECONDS),
            pool.stream(
                "POST", hook.url, headers=list(headers.items()), content=body, extensions={"timeout": timeout}
            ) as answer,
        ):
            status, retry_after = answer.status, _retry_after(answer.headers)
    except ForbiddenAddress as found:
        error = str(found)
    except (TimeoutError, httpcore.TimeoutException):
        error = "no answer in time"
    except (httpcore.NetworkError, httpcore.ProtocolError, OSError) as found:
        error = f"{type(found).__name__}: {found}"[:200]
    except (ValueError, UnicodeError) as found:
        error = f"the address cannot be used: {found}"[:200]
    if status is not None and 300 <= status < 400:
        error = "redirects are not followed"
    return Outcome(at, time.perf_counter() - begin, status, error, retry_after)


def _retry_after(headers: Sequence[tuple[bytes, bytes]]) -> timedelta | None:
    """What `Retry-After` asks for in seconds; a date is not understood."""
    text = next((value for name, value in headers if name.lower() == b"retry-after"), b"")
    return timedelta(seconds=int(text)) if text.isdigit() and len(text) < 7 else None

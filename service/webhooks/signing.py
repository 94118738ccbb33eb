"""Secrets and signatures of Standard Webhooks: HMAC-SHA256 over ``id.timestamp.body``."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime

_PREFIX = "whsec_"
_TOLERANCE_SECONDS, _MOST_DIGITS = 300, 12


def new_secret() -> str:
    """A secret of 32 random bytes as receivers take it, ``whsec_`` and base 64."""
    return _PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def signed(message_id: str, timestamp: int, body: bytes, keys: Sequence[str]) -> dict[str, str]:
    """The headers of a message sent at `timestamp` (Unix seconds), with one signature a secret."""
    content = f"{message_id}.{timestamp}.".encode() + body
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(f"v1,{_signature(raw(key), content)}" for key in keys),
    }


def raw(key: str) -> bytes:
    """The bytes of a secret ``whsec_…``. Raises `ValueError`."""
    return base64.b64decode(key.removeprefix(_PREFIX), validate=True)


def is_signed(message_id: str, timestamp: str, body: bytes, signatures: str, key: bytes, now: datetime) -> bool:
    """Whether one of the `signatures` (``v1,…``, blanks between them) is of this message, and it was sent lately.

    `timestamp` is in Unix seconds; what is older or younger than five minutes is somebody's recording.
    """
    if not timestamp.isascii() or not timestamp.isdigit() or len(timestamp) > _MOST_DIGITS:
        return False
    right = f"v1,{_signature(key, f'{message_id}.{timestamp}.'.encode() + body)}".encode()
    # Each is looked at, in a time that tells nothing of where they differ.
    found = [hmac.compare_digest(right, one.encode()) for one in signatures.split(" ")]
    return any(found) and abs(now.timestamp() - int(timestamp)) <= _TOLERANCE_SECONDS


def _signature(key: bytes, content: bytes) -> str:
    return base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()

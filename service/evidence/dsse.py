"""What is signed of a statement in a DSSE envelope (version 1)."""

import json
from typing import Any

PAYLOAD_TYPE = "application/vnd.in-toto+json"


def canonical(value: Any) -> bytes:
    """JSON that is the same for the same data."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def pre_authentication(kind: str, payload: bytes) -> bytes:
    """``PAE(type, body) = "DSSEv1" SP LEN(type) SP type SP LEN(body) SP body``, lengths in bytes."""
    name = kind.encode()
    return b"DSSEv1 %d %b %d %b" % (len(name), name, len(payload), payload)

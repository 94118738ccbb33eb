"""`Idempotency-Key`, and the answers of calls that create."""

import hashlib
import json
import re
from typing import Any

from litestar import Request, Response
from pydantic import BaseModel

from openapi.problems import InvalidField
from service.http.bodies import answer
from service.idempotency import Created

#: What a key consists of.
IDEMPOTENCY_KEY = r"^[!-~](?:[ -~]{0,198}[!-~])?$"


def scope_of(request: Request[Any, Any, Any]) -> str | None:
    """Caller, call and key of a request, hashed: the column is short, and keys may hold anything.

    None when the request carries no key. Raises `InvalidField`.
    """
    key = request.headers.get("idempotency-key")
    if key is None:
        return None
    if not re.fullmatch(IDEMPOTENCY_KEY, key):
        raise InvalidField("Idempotency-Key", "a key has 1 to 200 printable ASCII characters, e.g. a UUID")
    key_id = request.scope["state"].get("key_id", "")
    return hashlib.sha256(f"{key_id}\n{request.method} {request.url.path}\n{key}".encode()).hexdigest()


def created(found: Created) -> Response[Any]:
    """Answer with what is there now and where; an answer given before says so."""
    headers = {"Location": found.location}
    if isinstance(found.info, BaseModel):
        return answer(found.info, status=found.status, headers=headers)
    return Response(
        json.dumps(found.info).encode(),
        status_code=found.status,
        media_type="application/json",
        headers={**headers, "Idempotency-Replayed": "true"},
    )

"""What every answer with an error owes."""

from typing import Any

import httpx


def is_problem(answer: httpx.Response, status: int, slug: str) -> dict[str, Any]:
    """The problem that an answer holds, after a look at its form."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    assert str(body["type"]).endswith(f"/{slug}")
    assert body["status"] == status
    assert body["instance"] == answer.request.url.path
    return body

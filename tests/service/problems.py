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


def refused(answer: httpx.Response, pointer: str, *words: str, status: int = 422, slug: str = "validation") -> None:
    """Assert a problem whose errors name `pointer`, in words that help."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert body["type"].endswith(f"/{slug}"), body
    assert {"type", "title", "status", "detail", "instance"} <= set(body)
    assert body["status"] == status
    assert body["instance"] == answer.request.url.path
    found = {error["pointer"]: error["detail"] for error in body["errors"]}
    assert pointer in found, body["errors"]
    for word in words:
        assert word in found[pointer], found

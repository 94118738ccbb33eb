"""JSON bodies: read with a cap, checked by the contract's pydantic models, errors as JSON pointers."""

import json
from collections.abc import Sequence
from typing import Any, TypeVar

from litestar import Request, Response
from pydantic import BaseModel, ValidationError

from openapi.problems import FieldError, InvalidFields, MalformedRequest, UnsupportedMediaType

M = TypeVar("M", bound=BaseModel)


def pointer(location: Sequence[str | int], body: Any) -> str:
    """Turn pydantic's error location into an RFC 6901 pointer into `body`.

    Pydantic names the member of a union that it tried (``attacks, 0, pgd, eps``); such steps lead nowhere in the body
    and are left out. The last step may be missing in the body, because that can be the error.
    """
    steps: list[str] = []
    here = body
    for i, step in enumerate(location):
        last = i == len(location) - 1
        if isinstance(step, int):
            inside = isinstance(here, list | tuple) and step < len(here)
            if inside:
                here = here[step]
            elif not last:
                continue
        elif isinstance(here, dict) and step in here:
            here = here[step]
        elif not (last and isinstance(here, dict)):
            continue
        steps.append(str(step).replace("~", "~0").replace("/", "~1"))
    return "".join(f"/{step}" for step in steps)


_KINDS = {
    "extra_forbidden": "there is no such field",
    "missing": "this field is required",
}


def field_errors(error: ValidationError, body: Any, prefix: str = "") -> tuple[FieldError, ...]:
    """Every error of a validation as pointer and detail, without repetition."""
    found: dict[tuple[str, str], FieldError] = {}
    entries = error.errors(include_url=False, include_context=True, include_input=False)
    for entry in entries:
        kind, location = entry["type"], entry["loc"]
        if kind == "too_short" and any(e["loc"][: len(location)] == location and e is not entry for e in entries):
            continue  # the list is short only because its items are wrong
        where = prefix + pointer(location, body)
        detail = _KINDS.get(kind, entry["msg"].removeprefix("Value error, "))
        if kind in ("union_tag_invalid", "union_tag_not_found"):
            context = entry.get("ctx", {})
            tag = str(context.get("discriminator", "'name'")).strip("'")
            where = f"{where}/{tag}"
            known = context.get("expected_tags")
            detail = (
                f"unknown {tag} {context['tag']!r}; known: {known}" if "tag" in context else "this field is required"
            )
        found.setdefault((where, detail), FieldError(pointer=where, detail=detail))
    return tuple(found.values())


def parse(model: type[M], body: Any, prefix: str = "") -> M:
    """Check plain data by a contract model. Raises `InvalidFields` with pointers."""
    try:
        return model.model_validate(body)
    except ValidationError as error:
        raise InvalidFields(field_errors(error, body, prefix)) from error


def parse_json(data: bytes) -> Any:
    """Read strict JSON (no NaN, no duplicate keys, no half characters). Raises `MalformedRequest`."""
    try:
        found = json.loads(data.decode("utf-8"), parse_constant=_no_constant, object_pairs_hook=_no_duplicates)
        if b"\\ud" in data.lower():
            json.dumps(found, ensure_ascii=False).encode()  # half of a surrogate pair is no text and cannot be stored
        return found
    except (ValueError, RecursionError) as error:
        raise MalformedRequest(f"The body is not JSON: {error}") from error


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name appears twice in one object")
    return found


async def read_json(request: Request[Any, Any, Any], model: type[M]) -> M:
    """Read and check the request's JSON body. 400 unreadable, 413 too large, 415 not JSON, 422 wrong fields."""
    kind = request.headers.get("content-type", "application/json").partition(";")[0].strip().lower()
    if kind != "application/json" and not kind.endswith("+json"):
        raise UnsupportedMediaType(f"Send application/json here, not {kind or 'nothing'}")
    body = parse_json(await request.body())
    return parse(model, body)


def answer(
    model: BaseModel, *, status: int = 200, headers: dict[str, str] | None = None, media_type: str = "application/json"
) -> Response[Any]:
    """Answer with a contract model, written by pydantic under the contract's names."""
    return Response(
        model.model_dump_json(by_alias=True).encode(), status_code=status, media_type=media_type, headers=headers
    )

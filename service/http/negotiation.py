"""Which representation a caller wants (RFC 9110, section 12.5.1)."""

from collections.abc import Sequence

from openapi.request_errors import NotAcceptable


def _quality(accepted: list[tuple[str, float]], kind: str) -> float:
    """The weight of a media type: that of its most specific match."""
    family = kind.partition("/")[0] + "/*"
    for pattern in (kind, family, "*/*"):
        for name, weight in accepted:
            if name == pattern:
                return weight
    return 0.0


def preferred(accept: str | None, offered: Sequence[str]) -> str:
    """Return the offered media type that the Accept header likes best; the first of equals.

    Raises `NotAcceptable` when it likes none.
    """
    if not accept or not accept.strip():
        return offered[0]
    accepted: list[tuple[str, float]] = []
    for part in accept.split(","):
        name, *options = (piece.strip() for piece in part.split(";"))
        weight = 1.0
        for option in options:
            key, _, value = option.partition("=")
            if key.strip().lower() == "q":
                try:
                    weight = min(1.0, max(0.0, float(value)))
                except ValueError:
                    weight = 0.0
        accepted.append((name.lower(), weight))
    best = max(offered, key=lambda kind: _quality(accepted, kind))
    if _quality(accepted, best) <= 0:
        raise NotAcceptable(f"This can be had as {' or '.join(offered)}, not as {accept}")
    return best

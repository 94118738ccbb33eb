"""Which analyses an audit has."""

from collections.abc import Callable

from service.analyses.columns import Columns
from service.analyses.service import PARTS, why_missing, written


async def analyses(columns: Columns) -> bytes:
    """Every analysis, with why it is missing where it is."""
    return _listed(lambda part: why_missing(columns, part))


def none_there(why: str) -> bytes:
    """Every analysis of an audit that has none of them."""
    return _listed(lambda _: why)


def _listed(why: Callable[[str], str | None]) -> bytes:
    found = {part: why(part) for part in PARTS}
    return written(
        {"items": [{"analysis": part, "there": said is None, "detail": said} for part, said in found.items()]}
    )

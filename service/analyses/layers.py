"""Layers, a page at a time."""

from openapi.views.base import NEURONS
from service.analyses.columns import Columns
from service.analyses.service import page_of_lines, require


async def layers(columns: Columns, limit: int, start: int) -> bytes:
    """A page of layers, in order of execution."""
    require(columns, NEURONS, "The audit has no layers")
    lines, count = await columns.lines("layers", start, start + limit)
    return page_of_lines(lines, start, count)

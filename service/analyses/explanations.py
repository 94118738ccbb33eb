"""Explained examples and searched images: pages of what the report says of them, and one with all its numbers."""

import json
from typing import Any

from openapi.problems import NotFound
from openapi.views.base import EXPLAIN, REGIONS
from service.analyses.columns import Columns, Numbers
from service.analyses.service import page_of_lines, require, written


async def explanations(columns: Columns, limit: int, start: int) -> bytes:
    """A page of explained examples."""
    require(columns, EXPLAIN, "The audit has no explanations")
    lines, count = await columns.lines("explain", start, start + limit)
    return page_of_lines(lines, start, count)


async def explanation(columns: Columns, index: int) -> bytes:
    """One explained example, group by group."""
    require(columns, EXPLAIN, f"The audit does not explain image {index}")
    row, found = await _one(columns, "explain", index, "explanations")
    names = ("promotion", "suppression", "psr", "kind")
    width = columns.column("explain.psr").shape[2]
    found["map"] = {name: rows_of(await columns.row(f"explain.{name}", row), width) for name in names}
    return written(found)


async def regions(columns: Columns, limit: int, start: int) -> bytes:
    """A page of searched images."""
    require(columns, REGIONS, "The audit has no regions")
    lines, count = await columns.lines("regions", start, start + limit)
    return page_of_lines(lines, start, count)


async def region(columns: Columns, index: int) -> bytes:
    """One searched image with the pixels that decide."""
    require(columns, REGIONS, f"The audit has no regions of image {index}")
    row, found = await _one(columns, "regions", index, "regions")
    begin, end = (await columns.whole("regions.hits"))[row : row + 2]
    hits: dict[str, Any] = {
        name: (await columns.between(f"hits.{name}", begin, end)).tolist() for name in ("y", "x", "label")
    }
    hits["value"] = rows_of(await columns.between("hits.value", begin, end), columns.column("hits.value").shape[1])
    return written({**found, "hits": hits})


async def _one(columns: Columns, part: str, index: int, listed: str) -> tuple[int, dict[str, Any]]:
    indices = await columns.whole(f"{part}.index")
    if index not in indices:
        raise NotFound(f"Image {index} is none of these {len(indices)}; /{listed} lists them")
    row = indices.index(index)
    (line,), _ = await columns.lines(part, row, row + 1)
    return row, json.loads(line)


def rows_of(values: Numbers, width: int) -> list[list[Any]]:
    """The rows of a flat column; a column without a width is one of an audit in which nothing was found."""
    return [values[at : at + width].tolist() for at in range(0, len(values), width)] if width else []

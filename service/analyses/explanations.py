"""Explained examples and searched images: pages of what the report says of them, and one with all its numbers."""

import json
from typing import Any

from openapi.problems import NotFound
from openapi.views.base import EXPLAIN, REGIONS
from service.analyses.columns import Columns, Numbers
from service.analyses.service import page_of_lines, require, written


async def explanations(
    columns: Columns, label: int | None, target: int | None, index: int | None, limit: int, start: int
) -> bytes:
    """A page of explained examples: all, of a true class, aimed at a class, or of one image."""
    require(columns, EXPLAIN, "The audit has no explanations")
    return await _listed(columns, "explain", {"label": label, "target": target, "index": index}, limit, start)


async def explanation(columns: Columns, index: int) -> bytes:
    """One explained example, group by group."""
    require(columns, EXPLAIN, f"The audit does not explain image {index}")
    row, found = await _one(columns, "explain", index, "explanations")
    names = ("promotion", "suppression", "psr", "kind")
    width = columns.column("explain.psr").shape[2]
    found["map"] = {name: rows_of(await columns.row(f"explain.{name}", row), width) for name in names}
    return written(found)


async def regions(
    columns: Columns, label: int | None, vulnerable: bool | None, index: int | None, limit: int, start: int
) -> bytes:
    """A page of searched images: all, of a true class, with or without a pixel that decides, or of one number."""
    require(columns, REGIONS, "The audit has no regions")
    asked = {"label": label, "vulnerable": None if vulnerable is None else int(vulnerable), "index": index}
    return await _listed(columns, "regions", asked, limit, start)


async def region(columns: Columns, index: int) -> bytes:
    """One searched image with the pixels that decide."""
    require(columns, REGIONS, f"The audit has no regions of image {index}")
    row, found = await _one(columns, "regions", index, "regions")
    begin, end = (await columns.whole("regions.hits"))[row : row + 2]
    hits: dict[str, Any] = {
        name: (await columns.between(f"hits.{name}", begin, end)).tolist() for name in ("y", "x", "label")
    }
    hits["value"] = rows_of(await columns.between("hits.value", begin, end), columns.column("hits.value").shape[1])
    return written({**found, "hits": hits, "segments": await _segments(columns, row)})


async def _segments(columns: Columns, row: int) -> list[list[int]] | None:
    """The region of every pixel; None of an audit that was made before they were kept."""
    if "regions.segments" not in columns:
        return None
    return rows_of(await columns.row("regions.segments", row), columns.column("regions.segments").shape[2])


async def _listed(columns: Columns, part: str, asked: dict[str, int | None], limit: int, start: int) -> bytes:
    """A page of the lines whose columns have the values that are asked for."""
    wanted = {name: value for name, value in asked.items() if value is not None}
    if not wanted:
        lines, count = await columns.lines(part, start, start + limit)
        return page_of_lines(lines, start, count)
    rows: list[int] = list(range(len(await columns.whole(f"{part}.index"))))
    for name, value in wanted.items():
        if f"{part}.{name}" not in columns:
            raise NotFound(f"This audit was made before {part} could be searched by {name}; start it again")
        column = await columns.whole(f"{part}.{name}")
        rows = [row for row in rows if column[row] == value]
    return page_of_lines(await columns.lines_at(part, rows[start : start + limit]), start, len(rows))


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

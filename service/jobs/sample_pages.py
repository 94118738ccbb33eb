"""Pages of what a job found of each sample, from the lines that it left."""

import asyncio
import json

from pydantic import ValidationError

from openapi.audits import SampleResult
from openapi.wire.blob_names import damaged
from openapi.wire.blobs import BlobStore
from service.db.tables import Artifact
from service.jobs.jsonl_pages import find_line, read_lines
from service.pages import Page


async def sample_page(
    blobs: BlobStore, found: Artifact, limit: int, start: int, index: int | None
) -> Page[SampleResult]:
    """The results from byte `start` of the artifact `found`, or the one of an index."""
    stored = blobs, found.sha256, found.size
    if index is None:
        lines, place = await read_lines(*stored, start, limit)
    else:
        line = await find_line(*stored, lambda text: int(json.loads(text)["index"]), index)
        lines, place = [] if line is None else [line], found.size
    try:
        items = await asyncio.to_thread(lambda: tuple(SampleResult.model_validate_json(line) for line in lines))
    except ValidationError as error:
        raise damaged(found.sha256) from error
    return Page(items=items, next_cursor=str(place) if place < found.size else None)

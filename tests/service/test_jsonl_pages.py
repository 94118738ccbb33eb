"""Finding a line of a stored file by its number."""

import asyncio
import json
from pathlib import Path

import pytest

from openapi.wire.blobs import BlobStore
from openapi.wire.settings import Settings
from service.jobs.jsonl_pages import find_line


def number(line: bytes) -> int:
    return int(json.loads(line)["index"])


@pytest.mark.parametrize("padding", [0, 7, 300, 40_000])
@pytest.mark.parametrize("count", [0, 1, 2, 40])
def test_every_line_is_found_and_no_other(tmp_path: Path, count: int, padding: int) -> None:
    blobs = BlobStore.from_settings(Settings(data_dir=tmp_path))
    lines = {3 * i + 1: json.dumps({"index": 3 * i + 1, "x": "x" * (padding * (i % 3))}).encode() for i in range(count)}
    kept = blobs.put_bytes(b"".join(line + b"\n" for line in lines.values()))

    async def all_of_them() -> list[bytes | None]:
        return [await find_line(blobs, kept.sha256, kept.size, number, i) for i in range(3 * count + 3)]

    assert asyncio.run(all_of_them()) == [lines.get(i) for i in range(3 * count + 3)]

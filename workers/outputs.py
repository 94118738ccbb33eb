"""What a job has left in its scratch folder, which is not trusted, taken into the blob store."""

import logging
import os
import stat
from contextlib import suppress
from pathlib import Path

from obstore.exceptions import BaseError

from openapi.problems import JobFailed, TremorError
from openapi.wire.blobs import BlobStore
from openapi.wire.jobs import OutputFile
from workers.jobs.registry import SHOWN
from workers.sandbox.messages import LeftFile, Request

log = logging.getLogger(__name__)


def stored(blobs: BlobStore, request: Request, file: LeftFile) -> OutputFile:
    """Store a file that the job has declared; `JobFailed` for one that is no plain file of its folder, or too large."""
    path = Path(file.path)
    if path.parent != request.scratch:
        raise JobFailed(f"The {request.stage} job declared {file.name!r}, which is no file of its scratch folder")
    return _taken(blobs, request, path, file)


def _taken(blobs: BlobStore, request: Request, path: Path, file: LeftFile) -> OutputFile:
    if not stat.S_ISREG(path.lstat().st_mode):
        raise JobFailed(f"The {request.stage} job declared {file.name!r}, which is no plain file of its scratch folder")
    if path.stat().st_size > request.limits.output_bytes:
        raise JobFailed(f"The {request.stage} job's file {file.name!r} is larger than TREMOR_OUTPUT_BYTES")
    return OutputFile(name=file.name, kind=file.kind, format=file.format, blob=blobs.put_file(path))


def set_aside(request: Request) -> None:
    """Take what a killed attempt has to show out of its scratch folder: the next may be killed before it has any."""
    for left in SHOWN.get(request.stage, {}):
        with suppress(OSError):  # there is none, or it is no file
            os.replace(request.scratch / left, _aside(request, left))


def _aside(request: Request, left: str) -> Path:
    """Where no job's process can write."""
    return request.folder / f"shown-{left}"


def shown(blobs: BlobStore, request: Request) -> dict[str, OutputFile]:
    """What a stage that was cancelled or failed has to show (`registry.SHOWN`), by format; its process has ended.

    Of an attempt that left nothing, what one before it left. Nothing where it cannot be kept: the job ends as it would
    all the same.
    """
    found: dict[str, OutputFile] = {}
    for left, (name, kind, format) in SHOWN.get(request.stage, {}).items():
        places = (request.scratch / left, _aside(request, left))
        path = next((place for place in places if os.path.lexists(place)), None)
        if path is None:
            continue
        file = LeftFile(path=str(path), name=name, kind=kind, format=format)
        try:
            found[format] = _taken(blobs, request, path, file)
        except (OSError, TremorError, BaseError) as error:
            log.warning("%s, which the stopped %s job left, cannot be kept: %s", name, request.stage, error)
    return found

"""What a job has left in its scratch folder, which is not trusted, taken into the blob store."""

import logging
import os
import stat
from pathlib import Path

from obstore.exceptions import BaseError

from openapi.problems import JobFailed, TremorError
from openapi.wire.blobs import BlobStore
from openapi.wire.jobs import OutputFile
from workers.jobs.context import SO_FAR
from workers.jobs.registry import SHOWN
from workers.sandbox.messages import LeftFile, Request

log = logging.getLogger(__name__)


def stored(blobs: BlobStore, request: Request, file: LeftFile) -> OutputFile:
    """Store a file that the job has declared; `JobFailed` for one that is no plain file of its folder, or too large."""
    path = Path(file.path)
    if path.parent != request.scratch or not stat.S_ISREG(path.lstat().st_mode):
        raise JobFailed(f"The {request.stage} job declared {file.name!r}, which is no plain file of its scratch folder")
    if path.stat().st_size > request.limits.output_bytes:
        raise JobFailed(f"The {request.stage} job's file {file.name!r} is larger than TREMOR_OUTPUT_BYTES")
    return OutputFile(name=file.name, kind=file.kind, format=file.format, blob=blobs.put_file(path))


def shown(blobs: BlobStore, request: Request) -> dict[str, OutputFile]:
    """What a stage that was cancelled has to show (`JobContext.so_far`); its process has ended.

    Nothing where it cannot be kept: the job is cancelled all the same.
    """
    path, about = request.scratch / SO_FAR, SHOWN.get(request.stage)
    if about is None or not os.path.lexists(path):
        return {}
    name, kind, format = about
    try:
        return {format: stored(blobs, request, LeftFile(path=str(path), name=name, kind=kind, format=format))}
    except (OSError, TremorError, BaseError) as error:
        log.warning("what the cancelled %s job left cannot be kept: %s", request.stage, error)
        return {}

"""The disk that a worker computes on: is there room before a job, and was there none when it failed?"""

from pathlib import Path

from openapi.problems import InsufficientStorage, TremorError
from openapi.wire.disks import shortage
from workers.cache import InputCache
from workers.sandbox.messages import Request


def check_space(folder: Path, least: int | None, cache: InputCache) -> None:
    """Raise `InsufficientStorage` when the disk is short of room even without what the cache holds."""
    if shortage(folder, least) is None:
        return
    cache.clear()
    if (reason := shortage(folder, least)) is not None:
        raise InsufficientStorage(f"The worker's disk has no room: {reason}")


def explained(failure: TremorError, request: Request, least: int | None) -> TremorError:
    """The failure, or `InsufficientStorage` where that is what it comes from.

    A full disk has many faces inside a job: errors of libraries, or a crash when a mapped file grows. Call it before
    the job's scratch folder is removed.
    """
    slug = failure.problem().slug
    may_be = slug in ("insufficient-storage", "job-failed") or "signal" in failure.extra
    if may_be and (reason := shortage(request.scratch, least)) is not None:
        return InsufficientStorage(f"The {request.stage} job found the worker's disk full: {reason}")
    return InsufficientStorage(failure.detail) if slug == "insufficient-storage" else failure

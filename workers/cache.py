"""A worker's cache of inputs: files named by their sha256, checked when they come, evicted when they are too many."""

import os
import threading
import time
from contextlib import suppress
from pathlib import Path

from openapi.problems import InsufficientStorage
from openapi.wire.blobs import BlobStore, hash_file
from openapi.wire.jobs import Blob
from openapi.wire.private import private_folder
from openapi.wire.spool import sweep

#: What tells a file that was checked from one that was changed since.
_Stamp = tuple[int, int, int]


class InputCache:
    """Inputs as local files. Several workers of one machine may share the folder."""

    def __init__(self, blobs: BlobStore, folder: Path, max_bytes: int) -> None:
        self._blobs = blobs
        self._folder = folder
        self._spool = folder.with_name(folder.name + ".spool")
        self._max_bytes = max_bytes
        self._checked: dict[str, _Stamp] = {}
        self._lock = threading.Lock()
        private_folder(folder)
        sweep(self._spool)

    def link(self, blob: Blob, target: Path) -> None:
        """Make `target` the blob's content: a hard link into the cache, so that eviction cannot hurt a running job.

        Raises `BlobMissing`, `BlobDamaged`, or `InsufficientStorage` when there is no room even without the rest.
        """
        with self._lock:
            for last_try in (False, True):
                try:
                    path = self._ensure(blob)
                except InsufficientStorage:
                    if last_try or not self._evict(keep=None, most=0):
                        raise
                    continue
                try:
                    os.link(path, target)
                except FileNotFoundError:
                    # Another worker evicted it in between.
                    if last_try:
                        raise
                    continue
                break
            with suppress(FileNotFoundError):
                status = path.stat()
                os.utime(path, ns=(time.time_ns(), status.st_mtime_ns))
            self._evict(keep=path, most=self._max_bytes)

    def names(self) -> list[str]:
        """The blobs that are cached, by sha256."""
        return [path.name for path in self._folder.iterdir() if not path.name.startswith(".")]

    def remove(self, sha256: str) -> None:
        """Forget a blob; one that is not cached is fine, and a running job keeps its link."""
        with self._lock:
            (self._folder / sha256).unlink(missing_ok=True)
            self._checked.pop(sha256, None)

    def _ensure(self, blob: Blob) -> Path:
        path = self._folder / blob.sha256
        with suppress(FileNotFoundError):
            stamp = _stamp(path)
            if self._checked.get(blob.sha256) == stamp or hash_file(path).sha256 == blob.sha256:
                self._checked[blob.sha256] = stamp
                return path
            path.unlink()
        self._blobs.get_to(blob.sha256, path, self._spool)
        self._checked[blob.sha256] = _stamp(path)
        return path

    def clear(self) -> None:
        """Remove everything; what a job has linked stays with the job."""
        with self._lock:
            self._evict(keep=None, most=0)

    def _evict(self, keep: Path | None, most: int) -> int:
        """Remove the least recently used files until the rest fits into `most` bytes; returns how many bytes went."""
        entries = []
        with os.scandir(self._folder) as found:
            for entry in found:
                with suppress(FileNotFoundError):
                    status = entry.stat()
                    entries.append((status.st_atime, status.st_size, Path(entry.path)))
        total = before = sum(size for _, size, _ in entries)
        for _, size, path in sorted(entries):
            if total <= most:
                break
            if path != keep:
                with suppress(OSError):  # gone by another worker's hand, or a folder that may not be written
                    path.unlink()
                    total -= size
                self._checked.pop(path.name, None)
        return before - total


def _stamp(path: Path) -> _Stamp:
    status = path.stat()
    return status.st_ino, status.st_size, status.st_mtime_ns

"""Where unfinished work stands: kept in the blob store while it runs, found there by whoever does it again."""

import logging
import os
import shutil
import stat
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from obstore.exceptions import BaseError

from openapi.problems import TremorError
from openapi.wire.blob_names import BlobDamaged, BlobMissing
from openapi.wire.blobs import BlobStore
from openapi.wire.jobs import Blob
from workers.jobs.context import MOMENT

log = logging.getLogger(__name__)


class Moments:
    """The moments of one shard. `kept` returns at once; a thread stores what it finds, the newest where it is slow.

    last: what an earlier attempt left. scratch: the child's folder, which is not trusted; folder: one of the worker's
    own. tell: called with each stored moment. What cannot be stored costs work after a loss and nothing else: it is
    logged.
    """

    def __init__(
        self,
        blobs: BlobStore,
        last: Blob | None,
        scratch: Path,
        folder: Path,
        most_bytes: int,
        tell: Callable[[Blob], None],
    ) -> None:
        self._blobs, self._last, self._most, self._tell = blobs, last, most_bytes, tell
        self._source, self._folder = scratch / MOMENT, folder
        self._news, self._ended = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name="moments", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Store what was kept last, and end."""
        self._ended.set()
        self._news.set()
        self._thread.join()

    def inputs(self) -> dict[str, Path]:
        """The input that the work goes on from, where an earlier attempt has kept one."""
        if self._last is None:
            return {}
        path = self._folder / "moment"
        path.unlink(missing_ok=True)
        try:
            self._blobs.get_to(self._last.sha256, path, self._folder)
        except (BlobMissing, BlobDamaged) as error:
            log.warning("%s; the work begins anew", error)
            return {}
        return {MOMENT: path}

    def kept(self) -> None:
        """The child has kept a moment."""
        self._news.set()

    def _run(self) -> None:
        while True:
            self._news.wait()
            ended = self._ended.is_set()  # before the last look: what was kept before the end is stored
            self._news.clear()
            try:
                self._store()
            except (OSError, TremorError, BaseError) as error:
                log.warning("where the work stands cannot be kept: %s", error)
            if ended:
                return

    def _store(self) -> None:
        """Take the file out of the child's reach, and store a copy, which nobody can still write to."""
        taken, copy = self._folder / "moment.taken", self._folder / "moment.copy"
        try:
            self._source.rename(taken)  # in one move: what the child keeps meanwhile is the next one
        except FileNotFoundError:
            return
        try:
            if not self._copied(taken, copy):
                log.warning("what the work kept is no plain file of at most %d bytes", self._most)
                return
            self._last = self._blobs.put_file(copy)
        finally:
            copy.unlink(missing_ok=True)
            shutil.rmtree(taken) if taken.is_dir() and not taken.is_symlink() else taken.unlink()
        self._tell(self._last)

    def _copied(self, taken: Path, copy: Path) -> bool:
        if not stat.S_ISREG(taken.lstat().st_mode):
            return False
        handle = os.open(taken, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with os.fdopen(handle, "rb") as source, copy.open("wb") as target:
            if os.fstat(handle).st_size > self._most:
                return False
            shutil.copyfileobj(source, target, 1 << 20)
        return True

"""What is deleted in the service is deleted from the workers' caches: at once by word, and in any case by looking."""

import logging
import threading
import time

from redis.exceptions import RedisError

from openapi.wire.blobs import BlobStore
from openapi.wire.queue import QueueClient
from workers.cache import InputCache

log = logging.getLogger(__name__)

#: Between two looks at everything that is cached: a word may be lost with the broker.
_LOOK_SECONDS = 600.0
_BLOCK_SECONDS = 2.0


class Forgetting:
    """A thread that removes deleted blobs from a cache. Several workers may share the cache, or have one each."""

    def __init__(self, queue: QueueClient, blobs: BlobStore, cache: InputCache) -> None:
        self._queue, self._blobs, self._cache = queue, blobs, cache
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="forgetting", daemon=True)

    def start(self) -> None:
        """Begin with a look: things may have been deleted while no worker was there."""
        self._thread.start()

    def close(self) -> None:
        """End."""
        self._ended.set()  # the thread may still wait for a word; nothing that it does need be waited for

    def _run(self) -> None:
        last, look_at = "", 0.0
        while not self._ended.is_set():
            try:
                if not last:
                    last = self._queue.last_forgotten()
                if time.monotonic() >= look_at:
                    self._look()
                    look_at = time.monotonic() + _LOOK_SECONDS
                last, gone = self._queue.forgotten(last, _BLOCK_SECONDS)
                for sha256 in gone:
                    self._cache.remove(sha256)
            except (RedisError, OSError):
                last, look_at = "", 0.0  # words may be lost: look again when the broker is back
                self._ended.wait(1.0)
            except Exception:
                log.exception("cannot look after deleted inputs")
                self._ended.wait(60.0)

    def _look(self) -> None:
        """Remove whatever is not in the store any more."""
        for sha256 in self._cache.names():
            if not self._blobs.exists(sha256):
                self._cache.remove(sha256)

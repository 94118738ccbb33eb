"""Is the API still answering? Asked from a thread of its own, so that a silent API holds up nothing else."""

import http.client
import threading
import time
from urllib.parse import urlsplit

_EVERY_SECONDS = 1.0
#: A process that was stopped for a while (a laptop's lid, a debugger) finds one old question, and asks again.
_FEWEST_QUESTIONS = 3


def answers(url: str, seconds: float = 5.0) -> bool:
    """Whether `url` answers 200 within so many seconds."""
    parts = urlsplit(url)
    assert parts.hostname is not None
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=seconds)
    try:
        connection.request("GET", parts.path)
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


class Pulse:
    """Asks `url` every second, each time with `patience` seconds; `silent_for` says since when nobody has answered."""

    def __init__(self, url: str, patience: float = 10.0) -> None:
        self._url, self._patience = url, patience
        self._ended = threading.Event()
        self._lock = threading.Lock()
        self._process = 0  # whose answers count: an old process's last one must not speak for the new
        self._asked = 0
        self._since: float | None = None
        self.heard = False
        self._thread = threading.Thread(target=self._run, name="pulse", daemon=True)

    def start(self) -> None:
        """Begin to ask."""
        self._thread.start()

    def stop(self) -> None:
        """Ask no more."""
        self._ended.set()

    def forget(self) -> None:
        """Begin anew: the process that is asked is another one now, and `heard` says when it has answered."""
        with self._lock:
            self._process += 1
            self._asked, self._since, self.heard = 0, None, False

    def silent_for(self) -> float:
        """Seconds since the first of the questions that are unanswered; 0 while it answers."""
        with self._lock:
            return 0.0 if self._since is None or self._asked < _FEWEST_QUESTIONS else time.monotonic() - self._since

    def _run(self) -> None:
        while not self._ended.wait(_EVERY_SECONDS):
            process, begin = self._process, time.monotonic()
            good = answers(self._url, self._patience)
            with self._lock:
                if process != self._process:
                    continue
                self.heard = self.heard or good
                self._asked, self._since = (0, None) if good else (self._asked + 1, self._since or begin)


class Awaited:
    """Asks `url` every second until it answers 200; `came` says whether it has."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._ended, self._came = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name="awaited", daemon=True)

    @property
    def came(self) -> bool:
        """Whether it has answered."""
        return self._came.is_set()

    def start(self) -> None:
        """Begin to ask."""
        self._thread.start()

    def stop(self) -> None:
        """Ask no more."""
        self._ended.set()

    def _run(self) -> None:
        while not self._ended.is_set():
            if answers(self._url):
                self._came.set()
                return
            self._ended.wait(_EVERY_SECONDS)

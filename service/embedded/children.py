"""Child processes that cannot outlive their parent."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO

_LAUNCHER = Path(__file__).with_name("launch.py")


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
    with suppress(ProcessLookupError):
        process.send_signal(signal.SIGTERM)
    with suppress(subprocess.TimeoutExpired):
        process.wait(grace)
    kill_group(process)
    process.wait()


def kill_group(process: subprocess.Popen[bytes]) -> None:
    """SIGKILL whatever is left of a child's process group."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)

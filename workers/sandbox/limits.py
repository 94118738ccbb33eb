"""Resource limits of a job's process, and reading what it uses from outside."""

import os
import resource
from contextlib import suppress
from pathlib import Path

_PAGE = resource.getpagesize()
_OPEN_FILES = 1024


def address_space() -> int:
    """Bytes of address space that this process has mapped now."""
    return int(Path("/proc/self/statm").read_text().split()[0]) * _PAGE


def apply(*, cpu_seconds: float | None, address_bytes: int | None, file_bytes: int) -> None:
    """Limit this process and whatever it starts, for ever.

    `address_bytes` counts from what is mapped now; None sets no limit (CUDA maps far more than it uses).
    """
    _lower(resource.RLIMIT_CORE, 0)
    _lower(resource.RLIMIT_NOFILE, _OPEN_FILES)
    _lower(resource.RLIMIT_FSIZE, file_bytes)
    if address_bytes is not None:
        _lower(resource.RLIMIT_AS, address_space() + address_bytes)
    if cpu_seconds is not None:
        # First SIGXCPU, which says what happened; SIGKILL for a job that ignores it.
        _lower(resource.RLIMIT_CPU, max(1, round(cpu_seconds)), grace=5)


def be_the_first_to_go() -> None:
    """Have a kernel that runs out of memory end this process rather than a worker, a database, or a shell."""
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("800")


def _lower(which: int, value: int, grace: int = 0) -> None:
    _, hard = resource.getrlimit(which)
    ceiling = value + grace if hard == resource.RLIM_INFINITY else min(value + grace, hard)
    resource.setrlimit(which, (min(value, ceiling), ceiling))


def folder_bytes(folder: Path, most_files: int) -> int | None:
    """Bytes on disk of the files below `folder`; None when there are more than `most_files` entries.

    Links are not followed. What vanishes meanwhile does not count.
    """
    total, seen, waiting = 0, 0, [folder]
    while waiting:
        with suppress(OSError), os.scandir(waiting.pop()) as entries:
            for entry in entries:
                seen += 1
                if seen > most_files:
                    return None
                with suppress(OSError):
                    total += entry.stat(follow_symlinks=False).st_blocks * 512
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(Path(entry.path))
    return total


def private_memory(pid: int) -> int:
    """Bytes of memory that only `pid` holds: anonymous and shared memory, not mapped files. 0 when it has ended."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    fields = dict(line.split(":", 1) for line in lines if ":" in line)
    return sum(int(fields.get(name, "0 kB").split()[0]) * 1024 for name in ("RssAnon", "RssShmem"))

"""The ways in which a job ends without an outcome, and what each means."""

import contextlib
import logging
import signal
from pathlib import Path

from openapi.problems import JobFailed, MemoryLimit, TimeLimit, TremorError
from openapi.wire.jobs import OutputFile
from workers.refusals import less_memory
from workers.sandbox.messages import Request

log = logging.getLogger(__name__)


class Cancelled(Exception):
    """The job was ended because somebody cancelled it. files: what it had to show by then."""

    def __init__(self) -> None:
        super().__init__()
        self.files: dict[str, OutputFile] = {}


class Failed(Exception):
    """The job failed. why: its problem; files: what it had to show by then."""

    def __init__(self, why: TremorError, files: dict[str, OutputFile]) -> None:
        super().__init__(str(why))
        self.why, self.files = why, files


class GivenBack(Exception):
    """The job was ended because its worker leaves."""


class ServerLost(Exception):
    """The warm server, and with it the job, was killed from outside."""


class ServerNotStarted(ServerLost):
    """The warm server ended before it could run a job: something is wrong with the machine, not with the job."""


class ChildKilled(Exception):
    """Somebody outside killed the job: the kernel, short of memory, or a person."""


def crash(end: int, request: Request) -> Exception:
    """What a child's end without an outcome means."""
    if end >= 0:
        log.error("the %s job ended with status %d; its last words: %s", request.stage, end, _last_words(request.log))
        return JobFailed(f"The {request.stage} job ended with status {end} and no result")
    name = signal.Signals(-end).name
    log.warning("the %s job ended by %s; its last words: %s", request.stage, name, _last_words(request.log))
    if -end == signal.SIGXCPU:
        return TimeLimit(f"The {request.stage} job used more than {request.limits.cpu_seconds:g} s of processor time")
    if -end == signal.SIGKILL:
        return ChildKilled(f"The {request.stage} job was killed from outside")
    if "bad_alloc" in _last_words(request.log):
        return MemoryLimit(
            f"The {request.stage} job needed more memory than it may have ({name}); {less_memory(request.stage)}, "
            "or raise TREMOR_MEMORY_BYTES"
        )
    return JobFailed(f"The {request.stage} job crashed with {name}", signal=name)


def _last_words(log_file: Path) -> str:
    """The end of what a job printed."""
    with contextlib.suppress(OSError):
        return log_file.read_bytes()[-4096:].decode(errors="backslashreplace")
    return ""

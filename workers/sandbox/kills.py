"""Jobs that somebody outside kills: how often one is tried again depends on who it was.

The kernel counts the processes that it kills for want of memory, before they end: in `oom_kill` of the control group
(`memory.events`, version 2) and of the whole machine (`/proc/vmstat`). A job that ended by SIGKILL while that number
stood still was killed by somebody else, which says nothing of the job.
"""

import logging
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from openapi.problems import MemoryLimit, TremorError, Unavailable, WorkerLost
from workers.refusals import less_memory
from workers.sandbox.messages import Request
from workers.sandbox.terminations import ChildKilled, ServerLost, ServerNotStarted

log = logging.getLogger(__name__)

#: Kills for want of memory after which a job counts as too large; as many of which nobody can say whose they were.
MOST_FOR_MEMORY: Final = 3
#: Kills by others: more than a drain of machines or a drill brings to one job. After as many as above they may not take
#: longer altogether than one attempt may, for a job can end itself so too.
MOST_BY_OTHERS: Final = 12
#: Starts of the warm server in a row that fail: then the machine is at fault.
_MOST_STARTS: Final = 3
#: Seconds before the next try after kills by others, twice as long each time, for whatever kills to pass.
_FIRST_PAUSE, _LONGEST_PAUSE = 0.25, 5.0
_GROUPS, _GROUP_OF_THIS_PROCESS, _MACHINE = Path("/sys/fs/cgroup"), Path("/proc/self/cgroup"), Path("/proc/vmstat")


def counters() -> tuple[Path, ...]:
    """The files in which the kernel counts its kills, the most exact one first."""
    try:
        lines = _GROUP_OF_THIS_PROCESS.read_text().splitlines()
    except OSError:
        lines = []
    own = [line.removeprefix("0::").strip("/") for line in lines if line.startswith("0::")]
    return (*(_GROUPS / group / "memory.events" for group in own), _MACHINE)


def kernel_kills(places: tuple[Path, ...]) -> int | None:
    """How many processes the kernel has killed for want of memory, by the first counter that can be read."""
    for place in places:
        try:
            words = dict(line.split(maxsplit=1) for line in place.read_text().splitlines())
            return int(words["oom_kill"])
        except (OSError, ValueError, KeyError):
            continue
    return None


class Kills:
    """The kills of one job, each by the kernel, by somebody else, or by nobody knows whom."""

    def __init__(self, request: Request, read: Callable[[], int | None]) -> None:
        self._request = request
        self._read = read
        self._ends: list[ChildKilled | ServerLost] = []
        self._for_memory = self._by_others = 0
        self._before: int | None = None
        self._begin = time.monotonic()

    @property
    def attempt(self) -> int:
        """Number of the attempt that is made now, from 1."""
        return len(self._ends) + 1

    def begin(self) -> None:
        """An attempt begins."""
        self._before = self._read()

    def ended(self, end: ChildKilled | ServerLost) -> float:
        """Note how an attempt ended; returns for how many seconds to wait. Raises when there is to be no other."""
        after = self._read()
        self._ends.append(end)
        if self._before is None or after is None or after != self._before:
            self._for_memory += 1
        else:
            self._by_others += 1
        log.warning("%s (kill %d, %s)", end, len(self._ends), self._whose(after))
        if (why := self._given_up()) is not None:
            raise why from end
        return min(_LONGEST_PAUSE, _FIRST_PAUSE * 2.0 ** (self._by_others - 1)) if self._by_others else 0.0

    def _whose(self, after: int | None) -> str:
        if self._before is None or after is None:
            return "the kernel does not say whether by itself"
        return "not by the kernel" if after == self._before else "the kernel killed for want of memory meanwhile"

    def _given_up(self) -> TremorError | None:
        """What it means that a job was killed so often; none while it is to be tried again.

        A machine on which no job can begin says nothing of this one, which waits until it is mended, or for another.
        """
        last, stage = self._ends[-_MOST_STARTS:], self._request.stage
        if len(last) == _MOST_STARTS and all(isinstance(end, ServerNotStarted) for end in last):
            return Unavailable(
                f"This worker cannot start the process that runs its jobs ({len(last)} attempts): {last[-1]}; "
                "the worker's log says more"
            )
        if self._for_memory >= MOST_FOR_MEMORY:
            return MemoryLimit(
                f"The {stage} job was killed {self._for_memory} times from outside its process, most likely by the "
                f"kernel for want of memory; {less_memory(stage)}, or give the worker more memory"
            )
        late = time.monotonic() - self._begin > self._request.limits.wall_seconds
        if self._by_others >= (MOST_FOR_MEMORY if late else MOST_BY_OTHERS):
            return WorkerLost(
                f"The {stage} job was killed {self._by_others} times from outside its process. The kernel counted no "
                "kill of its own for want of memory meanwhile, so somebody on the worker's machine ends its processes: "
                "an administrator, or a service that watches memory or processes"
            )
        return None

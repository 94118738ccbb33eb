"""The warm server: a process that has imported torch and the stages, and forks a confined child per request.

It runs no job, starts no OpenMP thread and never touches CUDA, so its forks are clean. Over its socket (standard input)
comes a message with the stage's module and the request's path, together with the pipe for the child's answers; it says
``pid N``, later ``end STATUS`` while the child is still a zombie (its process id cannot be reused), and reaps it on
``reap``. It is ready after the imports that every job needs; the rest is imported while there is nothing to do, and
what a job's stage needs before it is forked at the latest: each of its forks would have to import it again.
"""

import contextlib
import gc
import importlib
import os
import select
import signal
import socket
import sys
import traceback
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

from openapi.stages.base import Stage
from workers.jobs.registry import STAGES
from workers.sandbox import child, kernel

_FIRST = (
    *("numpy", "torch", "torch.fx", "torch.export", "PIL.Image", "onnx", "safetensors.torch"),
    *("workers.models.torchscript.frontend", "workers.models.onnx.load", "workers.models.from_module"),
)
#: Imported in the stages' functions, so that their modules stay light.
_LATER = ("sklearn.decomposition", "sklearn.manifold", "scipy.cluster.hierarchy", "scipy.stats")
_REPORT = STAGES[Stage.REPORT]
_IDLE_SECONDS = 0.05
#: After so many jobs without a pause one thing is done all the same.
_PATIENCE = 20


def preload(names: Iterable[str]) -> None:
    """Import modules; the job that needs one that cannot be imported will say why."""
    for name in names:
        with contextlib.suppress(Exception):
            importlib.import_module(name)
    gc.collect()
    gc.freeze()


def practise() -> None:
    """Translate a tiny model once: what the translation imports and builds is then there in every fork.

    It is too small for OpenMP to start threads for it, and on the CPU, so that CUDA stays untouched.
    """
    import torch

    from openapi.models import InputSpec
    from workers.models.from_module import audit_module

    nn = torch.nn
    layers = nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(18, 2)
    audit_module(nn.Sequential(*layers).eval(), InputSpec(shape=(1, 8, 8)))


def ready_reports() -> None:
    """Import what writes reports, and compile their templates."""
    from workers.reports.templating import compile_templates

    importlib.import_module(_REPORT)
    compile_templates()
    preload([])


def serve(link: socket.socket, later: dict[str, Callable[[], None]]) -> None:
    """Answer requests until the worker hangs up; do `later` while there are none.

    later: module → what there is to do for it. It is done before a job of that module is forked.
    """
    me, busy = os.getpid(), 0
    while True:
        while later and (busy >= _PATIENCE or not select.select([link], [], [], _IDLE_SECONDS)[0]):
            _attempt(later.pop(next(iter(later))))
            busy = 0
        data, handles, _, _ = socket.recv_fds(link, 4096, 1)
        if not data:
            return
        module, request_file = data.decode().rstrip("\n").split(" ", 1)
        if (step := later.pop(module, None)) is not None:
            _attempt(step)
        busy += 1
        pid = os.fork()
        if pid == 0:
            try:
                link.close()
                child.main(Path(request_file), handles[0], me)
            except BaseException:
                traceback.print_exc()
            finally:
                os._exit(1)
        os.close(handles[0])
        link.sendall(f"pid {pid}\n".encode())
        status = os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
        assert status is not None
        _end_orphans(except_pid=pid)
        link.sendall(f"end {_code(status.si_code, status.si_status)}\n".encode())
        if not link.recv(16):
            return
        os.waitpid(pid, 0)


def _attempt(step: Callable[[], None]) -> None:
    with contextlib.suppress(Exception):
        step()


def _code(how: int, status: int) -> int:
    """Exit status, negative for a signal."""
    return status if how == os.CLD_EXITED else -status


def _end_orphans(except_pid: int) -> None:
    """End whatever the job left behind; orphans come to this process, the subreaper."""
    while True:
        left = [pid for pid in _children() if pid != except_pid]
        if not left:
            return
        for pid in left:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        for pid in left:
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, 0)


def _children() -> list[int]:
    try:
        return [int(pid) for pid in Path("/proc/thread-self/children").read_text().split()]
    except OSError:
        return []


def main() -> None:
    """Import what every job needs, say ``ready``, serve."""
    kernel.die_with_parent(int(sys.argv[1]))
    kernel.name_process("tremor-warm")
    if kernel.LINUX:
        kernel.prctl(kernel.PR_SET_CHILD_SUBREAPER, 1)
    # A stop that reaches every process of a terminal or of a machine is the worker's to obey: it ends this process.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    link = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET, fileno=os.dup(0))
    preload([*sys.argv[2:], *_FIRST, STAGES[Stage.INSPECT_MODEL], STAGES[Stage.ATTACK]])
    _attempt(practise)
    gc.freeze()
    link.sendall(b"ready\n")
    serve(link, {name: partial(preload, [name]) for name in (*STAGES.values(), *_LATER)} | {_REPORT: ready_reports})


if __name__ == "__main__":
    main()

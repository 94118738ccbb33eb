"""Stages for the engine's tests: what a job may do, and what it should not get away with."""

import errno
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

from openapi.problems import JobFailed
from workers.jobs.context import JobContext

Context = JobContext[dict[str, Any]]


def run(ctx: Context) -> dict[str, Any]:
    """Do what ``params["do"]`` says."""
    action = globals()["do_" + ctx.params["do"]]
    value: dict[str, Any] = action(ctx) or {}
    return value


def do_sum(ctx: Context) -> dict[str, Any]:
    import torch

    numbers = torch.tensor(list(ctx.inputs["x"].read_bytes()), dtype=torch.float64)
    for step in range(3):
        ctx.progress(step, 3, "steps", "adding")
    ctx.output("copy", "copy.bin", "examples", "bin").write_bytes(ctx.inputs["x"].read_bytes())
    return {"sum": float(numbers.sum())}


def do_arithmetic(ctx: Context) -> dict[str, Any]:
    import torch

    return {"gradients": ctx.gradients, "cuda_graphs": ctx.cuda_graphs, "tf32": torch.backends.cudnn.allow_tf32}


def do_take_memory_again(ctx: Context) -> dict[str, Any]:
    """How many page faults 64 MiB cost that were taken and freed before, in tensors of so many MiB."""
    import resource

    import torch

    faults = []
    for _ in range(2):
        before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
        held = [torch.ones(ctx.params["mib"] << 18) for _ in range(64 // ctx.params["mib"])]
        faults.append(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
        del held
    return {"faults": faults[1]}


def do_sleep(ctx: Context) -> None:
    Path("pid").write_text(str(os.getpid()))
    ctx.progress(1, 2, "naps", "sleeping")
    time.sleep(ctx.params.get("seconds", 600))


def do_sleep_and_sum(ctx: Context) -> dict[str, Any]:
    do_sleep(ctx)
    return do_sum(ctx)


def do_show_and_sleep(ctx: Context) -> None:
    """Leave something to show, tell of it, and sleep."""
    if ctx.params["form"] == "folder":
        ctx.so_far.mkdir()
    else:
        ctx.so_far.write_bytes(b"the best so far")
    ctx.tell({"best": 7})
    do_sleep(ctx)


def do_show_and_fail(ctx: Context) -> None:
    """Leave something to show, tell of it, and fail, with a problem or by a fault."""
    ctx.so_far.write_bytes(b"the best so far")
    ctx.log_so_far.write_bytes(b"the log so far")
    ctx.progress(1, 2, "naps", "failing")
    ctx.tell({"best": 7})
    if ctx.params["way"] == "problem":
        raise JobFailed("it went back 3 times")
    raise ValueError("a fault")


def do_spin(ctx: Context) -> None:
    while True:
        pass


def do_crash(ctx: Context) -> None:
    os.kill(os.getpid(), signal.SIGSEGV)


def do_leave(ctx: Context) -> None:
    os._exit(7)


def do_once_killed(ctx: Context) -> dict[str, Any]:
    """Be killed by SIGKILL as long as the input says so by its count in `times`."""
    os.kill(os.getpid(), signal.SIGKILL)
    return {}


def do_allocate(ctx: Context) -> None:
    hoard = []
    while True:
        hoard.append(bytearray(64 * 2**20))


def do_raise(ctx: Context) -> None:
    raise ValueError("seven is too many")


def do_name_places(ctx: Context) -> None:
    """Fail as libraries do, which name the files of the machine."""
    import torch

    raise ValueError(
        f"{torch.__file__}, {__file__}, {os.__file__}, {ctx.inputs['x']} and {Path('x').absolute()} {sys.prefix}"
    )


def do_refuse(ctx: Context) -> None:
    from openapi.problems import UnsupportedOperator

    raise UnsupportedOperator("no such thing", operator="Foo", node="/n1")


def do_mumble(ctx: Context) -> None:
    from openapi.problems import UnsupportedOperator

    raise UnsupportedOperator("no such thing: \udcff", operator=b"Cl\xffip")


def do_unwritable(ctx: Context) -> dict[str, Any]:
    ctx.output("key", "no text \udcff", "examples", "bin")
    return {}


def do_not_a_number(ctx: Context) -> dict[str, Any]:
    return {"x": float("nan")}


def do_declare(ctx: Context) -> None:
    """Declare a file outside the scratch folder."""
    ctx.output("x", ctx.params["name"], "examples", "bin")


def do_link(ctx: Context) -> None:
    ctx.output("x", "link", "examples", "bin").symlink_to(ctx.params["to"])


def do_babble(ctx: Context) -> None:
    """Write nonsense into every open pipe."""
    for handle in range(3, 64):
        try:
            os.write(handle, b"nonsense\n")
        except OSError:
            continue


def do_orphan(ctx: Context) -> dict[str, Any]:
    """Leave a process of another session behind."""
    if os.fork() == 0:
        os.setsid()
        time.sleep(600)
        os._exit(0)
    return {}


def do_fill(ctx: Context) -> None:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    with Path("big").open("wb") as file:
        while True:
            file.write(bytes(2**20))


def do_full(ctx: Context) -> None:
    raise OSError(errno.ENOSPC, "No space left on device", "scratch/x")


def do_litter(ctx: Context) -> None:
    """Fill the disk with files that are each small enough."""
    number = 0
    while True:
        number += 1
        Path(f"litter{number % 5000}").write_bytes(bytes(2**20))


def do_scatter(ctx: Context) -> None:
    for number in range(10**9):
        Path(f"scattered{number}").touch()


def do_torchscript(ctx: Context) -> dict[str, Any]:
    """Load and run an uploaded program as it is: what admission is there to prevent."""
    import torch

    torch.jit.set_fusion_strategy([])
    program = torch.jit.load(str(ctx.inputs["file"]))
    with torch.no_grad():
        return {"logits": program(torch.zeros(1, 3, 2, 2)).flatten()[:4].tolist()}


def do_try(ctx: Context) -> dict[str, str]:
    """Run each snippet of ``params["code"]``; say what came of it: ``done`` or the error's name."""
    found = {}
    for name, code in ctx.params["code"].items():
        scope: dict[str, Any] = {"ctx": ctx, "os": os, "sys": sys, "Path": Path}
        try:
            exec(code, scope)
        except BaseException as error:
            found[name] = type(error).__name__
        else:
            found[name] = str(scope.get("answer", "done"))
    return found


def do_count(ctx: JobContext[dict[str, Any]]) -> dict[str, Any]:
    """Count to 6, keeping each count; die at each count of `dies` that was not begun from."""
    found = ctx.inputs["moment"].read_text() if "moment" in ctx.inputs else ""
    begun = [int(word) for word in found.split()] or [0]
    for count in range(begun[-1], 6):
        if count in ctx.params["dies"] and count > begun[-1]:
            time.sleep(1.0)  # the worker stores what was kept
            os.kill(os.getpid(), signal.SIGKILL if ctx.params.get("killed", True) else signal.SIGSEGV)
        partial = ctx.moment.with_suffix(".partial")
        partial.write_text(" ".join(map(str, [*begun, count + 1])))
        partial.replace(ctx.moment)
        ctx.kept()
    return {"begun": begun}

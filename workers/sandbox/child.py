"""The confined child: confines itself, runs one stage, answers through a pipe, and ends."""

import json
import os
import sys
import tempfile
import time
import traceback
from pathlib import Path
from typing import Any

from openapi.base import JsonObject
from openapi.places import hide
from openapi.problems import InsufficientStorage, JobFailed, MemoryLimit, TremorError
from openapi.wire.disks import is_full
from workers.exact_float32 import exact_float32
from workers.jobs.context import JobContext
from workers.jobs.running import run_module
from workers.refusals import less_memory, out_of_memory, whole
from workers.sandbox import confine, kernel, limits
from workers.sandbox.environment import describe, gpu_memory, pick_device
from workers.sandbox.messages import ChildLine, ChildOutcome, ChildProgress, LeftFile, Request

#: Address space granted per torch thread beside the memory limit, for stacks and allocator arenas.
_THREAD_BYTES = 160 * 2**20
_PROGRESS_SECONDS = 0.2


def main(request_file: Path, answers: int, parent: int) -> None:
    """Run the request and never return. `answers` is the pipe's writing end; `parent` the process that forked."""
    os.setsid()
    kernel.die_with_parent(parent)
    kernel.name_process("tremor-job")
    request = Request.model_validate_json(request_file.read_bytes())
    hide(request.folder)
    _redirect_output(request.log)
    pipe = os.fdopen(answers, "wb", buffering=0)
    status = 0
    try:
        outcome = _run(request, pipe, parent)
    except BaseException as error:
        traceback.print_exc()
        outcome = ChildOutcome(problem=_problem(error, request.stage).problem())
        status = 1
    try:
        _send(pipe, ChildLine(outcome=outcome))
    except ValueError as error:  # what cannot be written as JSON
        traceback.print_exc()
        _send(pipe, ChildLine(outcome=ChildOutcome(problem=_problem(error, request.stage).problem())))
    sys.stderr.flush()
    sys.stdout.flush()
    os._exit(status)


def _confine(request: Request, parent: int) -> confine.Confinement:
    """Give up all that the job does not need. Raises `JobFailed` when more is required than the kernel gives."""
    read: tuple[Path, ...] = confine.program_files()
    devices: tuple[Path, ...] = (Path("/dev/null"),)
    if request.device != "cpu":
        cuda_read, cuda_devices = confine.cuda_files()
        if cuda_devices:
            read, devices = (*read, *cuda_read), (*devices, *cuda_devices)
    tree = confine.Tree((*read, *request.inputs.values()), (request.scratch,), request.root, devices)
    done = confine.confine(tree, request.layers)
    kernel.die_with_parent(parent)
    os.chdir(request.scratch)
    if request.required and (reason := confine.shortfall(done.level, done.missing)) is not None:
        raise JobFailed(reason)
    return done


def _run(request: Request, pipe: Any, parent: int) -> ChildOutcome:
    begin = time.perf_counter()
    limits.be_the_first_to_go()
    _private_folders(request.scratch)
    done = _confine(request, parent)
    device = pick_device(request.device)
    inputs_bytes = sum(path.stat().st_size for path in request.inputs.values())
    room = request.limits.memory_bytes + 2 * inputs_bytes + request.threads * _THREAD_BYTES
    limits.apply(
        cpu_seconds=request.limits.cpu_seconds,
        address_bytes=room if device == "cpu" else None,
        file_bytes=request.limits.output_bytes,
    )
    environment = describe(device, request.threads, done)
    if request.module is None:
        return ChildOutcome(
            value={},
            environment=environment,
            seconds=time.perf_counter() - begin,
            gpu_memory=gpu_memory(device),
        )
    reporter = _Reporter(pipe, device)
    ctx = JobContext(
        inputs=request.inputs,
        params=request.params,
        scratch=request.scratch,
        execution=request.execution,
        device=device,
        gradients=request.gradients,
        cuda_graphs=request.cuda_graphs,
        report=reporter,
        tell=reporter.tell,
        keep_seconds=request.keep_seconds,
        kept=lambda: _send(pipe, ChildLine(kept=True)),
    )
    with exact_float32():
        value = run_module(request.module, ctx)
    json.dumps(value, allow_nan=False)
    files = {
        key: LeftFile(path=str(file.path), name=file.name, kind=file.kind, format=file.format)
        for key, file in ctx.files.items()
    }
    return ChildOutcome(value=value, files=files, seconds=time.perf_counter() - begin, environment=environment)


class _Reporter:
    """Sends progress lines, at most a few a second."""

    def __init__(self, pipe: Any, device: str) -> None:
        self._pipe, self._device = pipe, device
        self._last = 0.0
        self._phase: str | None = None
        self._told: JsonObject | None = None

    def tell(self, told: JsonObject) -> None:
        """What goes with each line from now on."""
        self._told = told

    def __call__(self, done: float, total: float, unit: str, phase: str | None) -> None:
        now = time.monotonic()
        if now - self._last < _PROGRESS_SECONDS and phase == self._phase and done < total:
            return
        self._last, self._phase = now, phase
        progress = ChildProgress(
            done=done, total=total, unit=unit, phase=phase, told=self._told, gpu_memory=gpu_memory(self._device)
        )
        _send(self._pipe, ChildLine(progress=progress))


def _send(pipe: Any, line: ChildLine) -> None:
    data = memoryview(line.model_dump_json(exclude_none=True).encode() + b"\n")
    while data:
        data = data[pipe.write(data) :]


def _redirect_output(log: Path) -> None:
    nothing = os.open(os.devnull, os.O_RDONLY)
    output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.dup2(nothing, 0)
    os.dup2(output, 1)
    os.dup2(output, 2)
    os.close(nothing)
    os.close(output)


def _private_folders(scratch: Path) -> None:
    """Point everything that wants a home or a temporary folder to the scratch folder."""
    private = scratch / ".tmp"
    private.mkdir(exist_ok=True)
    for name in ("HOME", "TMPDIR", "XDG_CACHE_HOME", "TORCH_HOME", "TORCHINDUCTOR_CACHE_DIR", "CUDA_CACHE_PATH"):
        os.environ[name] = str(private)
    tempfile.tempdir = str(private)


def _problem(error: BaseException, stage: str) -> TremorError:
    if isinstance(error, TremorError):
        return error
    text = f"{type(error).__name__}: {whole(error)}"
    if is_full(error):
        return InsufficientStorage(f"The {stage} job found no room for its files ({text[:300]})")
    if out_of_memory(error):
        return MemoryLimit(
            f"The {stage} job needed more memory than it may have ({text[:300]}); {less_memory(stage)}, "
            "or raise TREMOR_MEMORY_BYTES"
        )
    return JobFailed(f"The {stage} job failed: {text[:1000]}")

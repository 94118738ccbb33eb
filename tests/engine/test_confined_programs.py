"""Malicious TorchScript run as it is, with admission out of the way, and one layer of the sandbox at a time.

What a layer stops by itself (✓), shown here for programs and in `test_sandbox` for everything else that code could try:

===================  ========  ========  ============  =========
program              mounts    landlock  limits alone  no layer
===================  ========  ========  ============  =========
reads in forward     ✓         ✓                       succeeds
reads while loading  ✓         ✓                       succeeds
saves a file         ✓         ✓                       succeeds
writes a mapping     ✓         ✓                       succeeds
endless loop                             ✓ (wall, cpu)
hoards memory                            ✓
===================  ========  ========  ============  =========

The network namespace and seccomp confine no files: what they stop is what could be done with them (see `STOPS`).
"""

import functools
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from torch import nn

from openapi.problems import MemoryLimit, TimeLimit
from openapi.wire.jobs import Limits
from tests.corpus import torchscript
from tests.corpus.outside import Outside
from workers.sandbox.confine import LAYERS
from workers.sandbox.messages import ChildOutcome, Request
from workers.sandbox.warm import WarmServer

pytestmark = pytest.mark.slow

Program = Callable[[Path], nn.Module]

READERS: tuple[Program, ...] = (torchscript.ReadsInForward, torchscript.ReadsWhileLoading)
WRITERS: tuple[Program, ...] = (torchscript.Saves, torchscript.WritesShared)
#: How torch says that the kernel did not let it.
REFUSALS = "unable to open file", "No such file", "denied", "does not exist", "cannot be opened", "file not found"
EVERY_WAY = ("mounts",), ("landlock",), LAYERS


@functools.cache
def missing_layers() -> set[str]:
    """What this kernel has not, asked in a process of its own."""
    asked = subprocess.run(
        [sys.executable, "-m", "workers.sandbox.probe"],
        capture_output=True,
        check=True,
        env={**os.environ, "TREMOR_SANDBOX": "auto"},
    )
    return set(json.loads(asked.stdout)["missing"])


@pytest.fixture
def outside(tmp_path: Path) -> Outside:
    return Outside(tmp_path / "outside")


def run(
    server: WarmServer, folder: Path, program: nn.Module, layers: tuple[str, ...], limits: Limits | None = None
) -> ChildOutcome:
    """Load and run the program in a child with these layers and nothing else between it and the machine."""
    (folder / "job").mkdir(parents=True)
    file = (folder / "program.pt").resolve()
    file.write_bytes(torchscript.scripted(program))
    return server.run(
        Request(
            stage="x",
            module="tests.engine.stages",
            params={"do": "torchscript"},
            inputs={"file": file},
            folder=(folder / "job").resolve(),
            layers=layers,
            device="cpu",
            limits=limits or Limits(wall_seconds=240, memory_bytes=2**30, output_bytes=2**23),
        )
    )


@pytest.mark.parametrize("program", READERS)
def test_without_layers_the_secret_is_read(
    server: WarmServer, outside: Outside, tmp_path: Path, program: Program
) -> None:
    outcome = run(server, tmp_path, program(outside.folder), ())
    assert outcome.value == {"logits": outside.numbers}


@pytest.mark.parametrize("program", WRITERS)
def test_without_layers_files_are_written(
    server: WarmServer, outside: Outside, tmp_path: Path, program: Program
) -> None:
    run(server, tmp_path, program(outside.folder), ())
    with pytest.raises(AssertionError, match="outside was"):
        outside.check()


@pytest.mark.parametrize("layers", EVERY_WAY, ids="+".join)
@pytest.mark.parametrize("program", [*READERS, *WRITERS])
def test_each_file_layer_alone(
    server: WarmServer, outside: Outside, tmp_path: Path, program: Program, layers: tuple[str, ...]
) -> None:
    if layers[0] in missing_layers():
        return  # this kernel has it not, and says so
    outcome = run(server, tmp_path, program(outside.folder), layers)
    if program is torchscript.Saves:  # torch writes to a stream that was never opened, and says nothing
        assert outcome.value == {"logits": [0.0] * 4}
    else:
        assert outcome.problem is not None, outcome.value
        assert any(words in str(outcome.problem.detail) for words in REFUSALS), outcome.problem.detail
    assert not outside.was_read() or not outside.notices_reading()
    outside.check()


@pytest.mark.parametrize(
    "limits", [Limits(wall_seconds=3), Limits(wall_seconds=240, cpu_seconds=2)], ids=["wall", "cpu"]
)
@pytest.mark.parametrize("program", [torchscript.Endless, torchscript.EndlessWhileLoading])
def test_limits_alone_end_a_loop(
    server: WarmServer, tmp_path: Path, program: Callable[[], nn.Module], limits: Limits
) -> None:
    with pytest.raises(TimeLimit):
        run(server, tmp_path, program(), (), limits)
    assert server.pid is not None


@pytest.mark.parametrize("program", [torchscript.Hoards, torchscript.HoardsWhileLoading])
def test_limits_alone_end_a_hoard(server: WarmServer, tmp_path: Path, program: Callable[[], nn.Module]) -> None:
    try:
        outcome = run(server, tmp_path, program(), ())
    except MemoryLimit:
        return  # it was seen from outside before it met its own limit
    assert outcome.problem is not None
    assert outcome.problem.slug == "memory-limit"
    assert os.path.exists(f"/proc/{server.pid}")

"""What a stage's function is given inside the confined child: inputs, parameters, a scratch folder, a progress line."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Generic, TypeVar

from openapi.base import JsonObject
from openapi.wire.jobs import Pace
from openapi.wire.settings import CudaGraphs, Gradients

#: The file in the scratch folder in which a stage keeps where it stands, and the input in which it finds it again.
MOMENT = "moment"

#: The files in the scratch folder that a stage leaves for the case that it is stopped: its best, and its log.
SO_FAR, LOG_SO_FAR = "so-far", "log-so-far"

#: The model of a stage's parameters.
P = TypeVar("P")


@dataclass(frozen=True)
class DeclaredFile:
    """A file that the stage left in its scratch folder."""

    path: Path
    name: str
    kind: str
    format: str


@dataclass
class JobContext(Generic[P]):
    """One shard, seen from inside the child process.

    `inputs` are read-only files; `scratch` is the only folder that may be written. A stage is a function
    ``run(ctx)`` that takes its parameters as a model and returns another, which becomes `ShardResult.value`.
    `tell`: what the stage says of itself, which goes with its progress from then on.
    """

    inputs: Mapping[str, Path]
    params: P
    scratch: Path
    execution: Pace = field(default_factory=Pace)
    device: str = "cpu"
    gradients: Gradients = "auto"
    cuda_graphs: CudaGraphs = "off"
    report: Callable[[float, float, str, str | None], None] = lambda done, total, unit, phase: None
    tell: Callable[[JsonObject], None] = lambda told: None
    keep_seconds: float = 120.0
    kept: Callable[[], None] = lambda: None
    files: dict[str, DeclaredFile] = field(default_factory=dict)

    def progress(self, done: float, total: float, unit: str, phase: str | None = None) -> None:
        """Tell the outside how far this shard is; cheap to call often."""
        self.report(done, total, unit, phase)

    @property
    def so_far(self) -> Path:
        """Where a stage leaves, in one move, the best that it has to show if it does not end (`registry.SHOWN`)."""
        return self.scratch / SO_FAR

    @property
    def log_so_far(self) -> Path:
        """Where it leaves its log, in the same way."""
        return self.scratch / LOG_SO_FAR

    @property
    def moment(self) -> Path:
        """Where a stage leaves where it stands, in one move, before it calls `kept`; it is not among its outputs."""
        return self.scratch / MOMENT

    def output(self, key: str, name: str, kind: str, format: str) -> Path:
        """Declare an output file and return the path to write it to. `key` names it in `ShardResult.files`."""
        path = self.scratch / name
        self.files[key] = DeclaredFile(path, name, kind, format)
        return path

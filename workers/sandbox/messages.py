"""What a worker tells the confined child, and the lines that the child answers.

The request lies in a file beside the scratch folder; the answers come through a pipe, one JSON object a line. Whatever
comes from the child is treated as an upload: checked, bounded, and never a path that is followed.
"""

from pathlib import Path

from openapi.base import Frozen, JsonObject
from openapi.problems import Problem
from openapi.wire.jobs import Environment, GpuMemory, Limits, Pace
from openapi.wire.settings import CudaGraphs, Device, Gradients
from workers.sandbox.confine import LAYERS

#: Longest line that a child may send.
MAX_LINE = 64 * 2**20


class Request(Frozen):
    """One job for the confined child. All paths are absolute.

    `stage` is its name in messages, `module` the one whose ``run(ctx)`` does it; without one the child only says what
    device and what sandbox there are.
    """

    stage: str
    module: str | None = None
    inputs: dict[str, Path] = {}
    params: JsonObject = {}
    execution: Pace = Pace()
    folder: Path
    limits: Limits = Limits()
    device: Device = "auto"
    gradients: Gradients = "auto"
    cuda_graphs: CudaGraphs = "off"
    threads: int = 1
    layers: tuple[str, ...] = LAYERS
    required: bool = False
    keep_seconds: float = 120.0

    @property
    def scratch(self) -> Path:
        """The only folder that the child may write."""
        return self.folder / "scratch"

    @property
    def root(self) -> Path:
        """An empty folder on which the child builds its own file tree."""
        return self.folder / "root"

    @property
    def log(self) -> Path:
        """What the child prints."""
        return self.folder / "log.txt"


class LeftFile(Frozen):
    """A file that the child says it left in its scratch folder."""

    path: str
    name: str
    kind: str
    format: str


class ChildProgress(Frozen):
    """A line while the stage runs."""

    done: float
    total: float
    unit: str
    phase: str | None = None
    told: JsonObject | None = None
    gpu_memory: GpuMemory | None = None


class ChildOutcome(Frozen):
    """The last line: `value` and `files`, or `problem`; only what did not get so far has no `environment`."""

    value: JsonObject | None = None
    files: dict[str, LeftFile] = {}
    problem: Problem | None = None
    seconds: float = 0.0
    environment: Environment | None = None
    gpu_memory: GpuMemory | None = None


class ChildLine(Frozen):
    """One line from the child. `kept`: it has left where it stands in its scratch folder, see `JobContext.moment`."""

    progress: ChildProgress | None = None
    kept: bool = False
    outcome: ChildOutcome | None = None

"""What was read, written in every format in which hardening delivers; each writer runs and compares what it wrote."""

from collections.abc import Callable
from pathlib import Path

from workers.models.audited import AuditedModel
from workers.models.export import write_onnx, write_pt2, write_torchscript

#: Each in turn.
WRITERS: dict[str, Callable[[AuditedModel, Path], None]] = {
    "torchscript": write_torchscript,
    "pt2": write_pt2,
    "onnx": write_onnx,
}


def unwritten(model: AuditedModel, folder: Path) -> list[str]:
    """Which formats the model cannot be written in, each with its reason."""
    failures = []
    for name, write in WRITERS.items():
        try:
            write(model, folder / f"written.{name}")
        except Exception as error:
            failures.append(f"{name}: {type(error).__name__}: {str(error).strip()[:200]}")
    return failures


def counted(failures: list[str]) -> str:
    """How many formats it could be written in."""
    return f"{len(WRITERS) - len(failures)} of {len(WRITERS)}"

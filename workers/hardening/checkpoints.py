"""Checkpoints in every format: each writer is tried before training begins, so that no training ends in nothing."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from openapi.hardening_options import Exports
from openapi.problems import JobFailed
from openapi.stages.harden import unwritten
from workers.models.audited import AuditedModel
from workers.models.export import write_onnx, write_pt2, write_safetensors, write_torchscript
from workers.refusals import said

Writer = Callable[[AuditedModel, Path], None]

#: Key → the file's name and how it is written.
WRITERS: dict[str, tuple[str, Writer]] = {
    "onnx": ("hardened.onnx", write_onnx),
    "torchscript": ("hardened.pt", write_torchscript),
    "safetensors": ("hardened.safetensors", write_safetensors),
    "pt2": ("hardened.pt2", write_pt2),
}
#: Formats that hold the network and not its numbers alone, the one to audit further first.
_PROGRAMS = ("torchscript", "onnx", "pt2")

_PLAIN = Exports()


@dataclass
class Checkpoints:
    """Which formats a model is written in, and why not in others.

    `formats`: ONNX, TorchScript and safetensors, and ``pt2`` where it is asked for, the upload was one, or neither of
    the first two can be written. `failed`: {format: reason}.
    """

    uploaded: str
    exports: Exports = _PLAIN
    formats: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)

    @classmethod
    def tried(cls, model: AuditedModel, scratch: Path, exports: Exports = _PLAIN) -> "Checkpoints":
        """Write the model in each format and throw the files away; `JobFailed` when no format can hold the network."""
        found = cls(model.format, exports)
        wanted = ["onnx", "torchscript", "safetensors", *(["pt2"] if exports.pt2 or model.format == "pt2" else [])]
        for key in wanted:
            found.write(model, key, scratch / f"trial-{key}")
            (scratch / f"trial-{key}").unlink(missing_ok=True)
        if found.best is None and "pt2" not in wanted:
            found.write(model, "pt2", scratch / "trial-pt2")
            (scratch / "trial-pt2").unlink(missing_ok=True)
        found.check()
        return found

    @property
    def best(self) -> str | None:
        """The format in which the hardened model is audited: the uploaded one where it could be written."""
        return next((key for key in (self.uploaded, *_PROGRAMS) if key in self.formats), None)

    def check(self) -> str:
        """Return `best`, or raise the error of a network that no format can hold."""
        if self.best is None:
            reasons = "; ".join(f"{key}: {reason}" for key, reason in self.failed.items())
            raise JobFailed(f"the model cannot be written in any format, so a training would be lost: {reasons}")
        return self.best

    def write(self, model: AuditedModel, key: str, path: Path) -> bool:
        """Write one format, and note whether it could be."""
        try:
            writer = WRITERS[key][1]
            if key == "onnx" and self.exports.opset is not None:
                writer = partial(write_onnx, opset=self.exports.opset)
            writer(model, path)
        except Exception as error:  # torch's exporters raise anything; the other formats must come through
            self.failed[key] = reason_of(error)
            self.formats = [name for name in self.formats if name != key]
            path.unlink(missing_ok=True)
            return False
        if key not in self.formats:
            self.formats.append(key)
        return True

    def notes(self) -> list[str]:
        """What to tell the user."""
        lines = [*unwritten(self.failed)]
        if self.best != self.uploaded and self.best is not None:
            lines.append(f"the hardened model is audited as {self.best}, because the uploaded format cannot hold it")
        return lines


def reason_of(error: BaseException) -> str:
    """The first line of what an exporter ran into, under the advice that it wraps around it."""
    while error.__cause__ is not None:
        error = error.__cause__
    return said(error)

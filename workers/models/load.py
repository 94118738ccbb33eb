"""Opens an uploaded model file of any supported format."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from openapi.models import InputSpec
from openapi.problems import ModelMalformed, ModelRejected
from openapi.stages.model_contract import ModelContract
from workers.models.audited import AuditedModel
from workers.models.choice import Wanted
from workers.models.foreign import recognise, recognise_archive
from workers.models.onnx.bundle import onnx_entries
from workers.models.pt2 import load_pt2
from workers.models.pt2_archive import is_pt2
from workers.models.torchscript.archive import entries, is_zip
from workers.refusals import refused_as


def detect_format(path: Path) -> str:
    """Return the format that a file's content shows: ``torchscript``, ``pt2`` or ``onnx``.

    Raises `ModelMalformed` when it looks like none of them.
    """
    if is_zip(path):
        names = [info.filename for info in entries(path)]
        if is_pt2(names):
            return "pt2"
        if onnx_entries(names) and not any(name.endswith("/data.pkl") for name in names):
            return "onnx"
        _refuse(recognise_archive(names))
        return "torchscript"
    with path.open("rb") as file:
        head = file.read(16)
    if not head:
        raise ModelMalformed("the file is empty")
    _refuse(recognise(path))
    # An ONNX file is a protobuf message whose first field is `ir_version` (tag 0x08) or, rarely, another low field.
    if head[0] in (0x08, 0x12, 0x1A, 0x3A, 0x42):
        return "onnx"
    raise ModelMalformed("the content is neither ONNX nor TorchScript nor a torch.export program")


def _refuse(known: str | None) -> None:
    if known is not None:
        raise ModelMalformed(f"this is {known}")


def load_model(path: Path, format: str | None, input: InputSpec, output: Wanted = None) -> AuditedModel:
    """Translate an uploaded file into an `AuditedModel`.

    `format`: ``onnx``, ``torchscript``, ``pt2`` or None to go by the content; `output`: which of several outputs holds
    the logits. Raises `ModelRejected` and subclasses; a `format` that the content contradicts is a `ModelMalformed`.
    """
    found = detect_format(path)
    if format is not None and format != found:
        raise ModelMalformed(f"the file was declared as {format}, but its content is {found}")
    with refused_as(ModelRejected, f"the {found} file cannot be translated"), _garbage_kept():
        return _load(path, found, input, output)


@contextmanager
def _garbage_kept() -> Iterator[None]:
    """Do not look for cycles of garbage meanwhile: nearly all that is made here stays, and to look through it again and
    again costs a tenth of the time."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def load_contract(path: Path, contract: ModelContract) -> AuditedModel:
    """Translate a file that inspection admitted, by the `model` parameter of a shard: format, input, perhaps output."""
    return load_model(path, contract.format, contract.input, contract.output)


def _load(path: Path, found: str, input: InputSpec, output: Wanted) -> AuditedModel:
    if found == "torchscript":
        from workers.models.torchscript.frontend import load_torchscript

        return load_torchscript(path, input, output)
    if found == "pt2":
        return load_pt2(path, input, output)
    from workers.models.onnx.load import load_onnx

    return load_onnx(path, input, output)

"""TorchScript file → `AuditedModel`."""

import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from openapi.models import InputSpec
from openapi.problems import ModelMalformed, TremorError, UnsupportedOperator
from workers.models.audited import AuditedModel
from workers.models.choice import Wanted
from workers.models.from_module import assemble
from workers.models.inputs import FileInput
from workers.models.torchscript import shapes
from workers.models.torchscript.archive import Archive, open_archive
from workers.models.torchscript.enums import known_enums
from workers.models.torchscript.pickles import check_pickle, traced_shape
from workers.models.torchscript.program import EndlessLoop, Program
from workers.models.torchscript.sources import check_sources
from workers.models.torchscript.storages import check_tensors
from workers.refusals import said

#: The pickles that `torch.jit.load` reads; the inputs that tracing recorded are written without their bytes.
_LOADED = frozenset({"data.pkl", "constants.pkl"})


@dataclass(frozen=True)
class Opened:
    """A checked and loaded archive; `traced`: the shape that a trace recorded, `noted`: that our own writer noted."""

    archive: Archive
    script: Any
    traced: tuple[int, ...] | None
    noted: tuple[int, ...] | None = None


def admit(path: Path) -> Archive:
    """Check an archive without loading it: zip, pickles, tensors, sources; raises `ModelMalformed`, `ModelUnsafe` …"""
    archive = open_archive(path)
    for entry, content in archive.pickles.items():
        check_pickle(content, entry)
        if entry in _LOADED:
            check_tensors(content, entry, archive.sizes)
    check_sources(archive.sources)
    return archive


def open_torchscript(path: Path) -> Opened:
    """Admit and load a TorchScript file on the CPU, in eval mode."""
    archive = admit(path)
    _not_for_mobile(archive)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            script = torch.jit.load(str(path), map_location="cpu")
            script.eval()
    except (RuntimeError, ValueError, OSError, IndexError, AttributeError) as error:
        raise ModelMalformed(f"torch cannot load the archive: {said(error)}") from error
    traced = archive.pickles.get("traced_inputs.pkl")
    return Opened(archive, script, None if traced is None else traced_shape(traced), shapes.noted_shape(archive.noted))


def _not_for_mobile(archive: Archive) -> None:
    """Refuse weights packed for XNNPACK: torch builds without it, as most for servers are, cannot load the archive."""
    for entry, source in archive.sources.items():
        if b"torch.classes.xnnpack." in source or b"ops.prepacked." in source:
            raise UnsupportedOperator(
                f"{entry} holds weights that optimize_for_mobile packed for one kind of processor; upload the model as "
                "it was before optimize_for_mobile",
                operator="prepacked",
                entry=entry,
            )


def load_torchscript(path: Path, spec: InputSpec, output: Wanted = None) -> AuditedModel:
    """Translate a TorchScript file, scripted or traced.

    The input's shape comes from `spec`, else from the inputs that tracing recorded, else from trying usual image sizes.
    Raises `ModelRejected` and its subclasses.
    """
    opened = open_torchscript(path)
    with known_enums(opened.archive.sources):
        program = Program(opened.script, opened.traced[0] if opened.traced else None)
    notes: list[str] = []
    dtype = program.file_dtype
    if dtype in (torch.float16, torch.bfloat16):
        notes.append(f"the file's weights are {str(dtype).removeprefix('torch.')}; they are computed in float32")
    if program.quantised:
        notes.append("the file is quantised: its gradients are straight-through estimates, and it cannot be hardened")
    elif not program.has_parameters:
        notes.append("the file is frozen: its weights are constants, so that it can be audited but not hardened")
    last: TremorError | None = None
    candidates = shapes.candidates(program, spec, opened.traced or opened.noted)
    for candidate in candidates:
        program.notes = [*notes, *candidate.notes]  # what is found out while it is run comes in
        try:
            return assemble(
                program.module,
                FileInput(candidate.file_shape, dtype),
                spec.model_copy(update={"layout": candidate.layout}),
                format="torchscript",
                warnings=program.notes,
                producer=f"TorchScript, archive version {opened.archive.version or '?'}",
                output=output,
                trainable=program.has_parameters and not program.quantised,
            )
        except EndlessLoop:
            raise
        except TremorError as error:
            if shapes.beyond_shapes(error):
                raise
            last = last or error
    assert last is not None
    raise shapes.explained(last, spec.shape, guessed=spec.shape is None and len(candidates) > 1)

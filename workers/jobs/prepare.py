"""Stage `prepare`: the decoded arrays of a data set → what one model takes of them.

See `openapi.stages.prepare`.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch

from openapi.class_names import Reading
from openapi.problems import DatasetRejected
from openapi.stages.prepare import Evidence, PrepareFile, PrepareParams, PrepareValue
from workers.datasets.channels import with_channels
from workers.datasets.decoded import save_labels
from workers.datasets.npy import NpyWriter, read_header, stream_rows
from workers.jobs.context import JobContext
from workers.models.load import load_model

#: Samples that are looked at when the readings are compared: enough for any difference that matters.
EVIDENCE = 256
_BATCH = 32


def run(ctx: JobContext[PrepareParams]) -> PrepareValue:
    """Write the arrays and return what was decided."""
    labels: npt.NDArray[np.int64] = np.load(ctx.inputs["y"], allow_pickle=False)
    x, rule = ctx.inputs["x"], None
    if ctx.params.channels is not None:
        x, rule = _with_channels(ctx, ctx.params.channels)
    candidates = ctx.params.readings
    evidence = _evidence(ctx, x, labels, candidates) if len(candidates) > 1 else None
    chosen = candidates[0] if evidence is None else _decided(candidates, evidence)
    logits = np.array(chosen.logits, dtype=np.int64)[labels]
    if (logits < 0).any():
        raise DatasetRejected(f"label {int(labels[np.argmax(logits < 0)])} has no logit")
    save_labels(ctx.output(PrepareFile.Y, "y.npy", "data", "npy"), logits)
    return PrepareValue(**dict(chosen), evidence=evidence, channels=rule)


def _with_channels(ctx: JobContext[PrepareParams], channels: int) -> tuple[Path, str]:
    """Grey repeated as R = G = B, or the luminance of colour (ITU-R 601-2, rounded as Pillow rounds bytes)."""
    with ctx.inputs["x"].open("rb") as stream:
        header = read_header(stream, "x")
    n, _, h, w = header.shape
    path = ctx.output(PrepareFile.X, "x.npy", "data", "npy")
    with NpyWriter(path, (n, channels, h, w), header.dtype) as writer:
        for rows in stream_rows(ctx.inputs["x"], "x"):
            writer.write(with_channels(rows, channels))
            ctx.progress(writer.rows, n, "samples", "prepare")
    return path, (
        "grey repeated as R = G = B" if channels == 3 else "luminance (ITU-R 601) of colour, as the model takes grey"
    )


def _evidence(
    ctx: JobContext[PrepareParams], x: Path, labels: npt.NDArray[np.int64], candidates: Sequence[Reading]
) -> Evidence:
    """How many of the samples on which the readings differ the model gets right under each."""
    assert ctx.params.model is not None  # several readings never come without it
    spec = ctx.params.model
    model = load_model(ctx.inputs["model"], spec.format, spec.input).to(ctx.device)
    tables = [np.array(reading.logits, dtype=np.int64) for reading in candidates]
    differs = np.flatnonzero(np.any([table[labels] != tables[0][labels] for table in tables[1:]], axis=0))
    index = differs[np.linspace(0, len(differs) - 1, min(EVIDENCE, len(differs)), dtype=np.int64)]
    pixels = np.load(x, mmap_mode="r", allow_pickle=False)
    correct = dict.fromkeys((reading.order for reading in candidates), 0)
    for at in range(0, len(index), _BATCH):
        part = index[at : at + _BATCH]
        images = torch.from_numpy(np.array(pixels[part]))
        images = images.float().div_(255) if images.dtype == torch.uint8 else images.float()
        with torch.no_grad():
            predicted = model(images.to(ctx.device)).argmax(dim=1).cpu().numpy()
        for reading, table in zip(candidates, tables, strict=True):
            correct[reading.order] += int((predicted == table[labels[part]]).sum())
        ctx.progress(at + len(part), len(index), "samples", "prepare")
    return Evidence(n=len(index), correct=correct)


def _decided(candidates: Sequence[Reading], evidence: Evidence) -> Reading:
    """The reading that is right clearly more often (a sign test at 1 %); the first where neither is."""
    ranked = sorted(candidates, key=lambda reading: -evidence.correct[reading.order])
    best, second = (evidence.correct[reading.order] for reading in ranked[:2])
    clear = (best - second) ** 2 > 6.635 * (best + second)
    chosen = ranked[0] if clear else candidates[0]
    counts = " and ".join(f"{evidence.correct[r.order]} in {r.order} order" for r in candidates)
    found = (
        "the classes are numbered, and neither side says whether the logits follow numbers (0, 1, 2, … 10) or text (0, "
        f"1, 10, … 2, as ImageFolder sorts folders): of {evidence.n} samples on which it matters the model gets "
        f"{counts} right"
    )
    verdict = (
        f"{chosen.order} order was taken" if clear else f"this decides nothing, and {chosen.order} order was taken"
    )
    note = f"{found}; {verdict}. The data set's \"label_order\", or the model's `labels`, settle it"
    return chosen.model_copy(update={"notes": (note, *chosen.notes)})

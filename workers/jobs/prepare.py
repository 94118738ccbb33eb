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
from workers.models.load import load_contract

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
    evidence, chosen = None, candidates[0]
    if len(candidates) > 1:
        right = _evidence(ctx, x, labels, candidates)
        correct = {reading.order: int(row.sum()) for reading, row in zip(candidates, right, strict=True)}
        evidence = Evidence(n=right.shape[1], correct=correct)
        chosen = _decided(candidates, right)
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
) -> npt.NDArray[np.bool_]:
    """Which of the samples on which the readings differ the model gets right under each: (readings, samples)."""
    assert ctx.params.model is not None  # several readings never come without it
    model = load_contract(ctx.inputs["model"], ctx.params.model).to(ctx.device)
    tables = [np.array(reading.logits, dtype=np.int64) for reading in candidates]
    differs = np.flatnonzero(np.any([table[labels] != tables[0][labels] for table in tables[1:]], axis=0))
    index = differs[np.linspace(0, len(differs) - 1, min(EVIDENCE, len(differs)), dtype=np.int64)]
    pixels = np.load(x, mmap_mode="r", allow_pickle=False)
    right = np.zeros((len(candidates), len(index)), dtype=np.bool_)
    for at in range(0, len(index), _BATCH):
        part = index[at : at + _BATCH]
        images = torch.from_numpy(np.array(pixels[part]))
        images = images.float().div_(255) if images.dtype == torch.uint8 else images.float()
        with torch.no_grad():
            predicted = model(images.to(ctx.device)).argmax(dim=1).cpu().numpy()
        for row, table in zip(right, tables, strict=True):
            row[at : at + len(part)] = predicted == table[labels[part]]
        ctx.progress(at + len(part), len(index), "samples", "prepare")
    return right


#: Orders in words, and as what was taken.
_ORDERS = {
    "numeric": ("in numeric order", "numeric order"),
    "text": ("in text order", "text order"),
    "one_based": ("counted from 1", "counting from 1"),
    "one_based_text": ("in text order counted from 1", "text order counted from 1"),
}


def _decided(candidates: Sequence[Reading], right: npt.NDArray[np.bool_]) -> Reading:
    """The first reading that is not clearly worse than the best one (a sign test of the pair at 1 %)."""
    best = right[int(right.sum(axis=1).argmax())]
    left = [reading for reading, row in zip(candidates, right, strict=True) if not _clearly_better(best, row)]
    words = {reading.order: _ORDERS[reading.order] for reading in candidates}
    told = [f"{int(row.sum())} {words[r.order][0]}" for r, row in zip(candidates, right, strict=True)]
    open_questions, settle = [], "The data set's \"label_order\", or the model's `labels`, settle it"
    if any(order.endswith("text") for order in words):
        open_questions.append(
            "the classes are numbered, and neither side says whether the logits follow numbers (0, 1, 2, … 10) or text "
            "(0, 1, 10, … 2, as ImageFolder sorts folders)"
        )
    else:
        settle = 'The data set\'s "label_order" ("numeric" or "one_based") settles it'
    if "one_based" in words:
        open_questions.append("labels begin at 1, and may be counted from 0 or from 1 (1-based)")
    found = (
        f"{'; '.join(open_questions)}: of {right.shape[1]} samples on which it matters the model gets "
        f"{', '.join(told[:-1])} and {told[-1]} right"
    )
    chosen, taken = left[0], words[left[0].order][1]
    verdict = f"{taken} was taken" if len(left) == 1 else f"this decides nothing, and {taken} was taken"
    return chosen.model_copy(update={"notes": (f"{found}; {verdict}. {settle}", *chosen.notes)})


def _clearly_better(one: npt.NDArray[np.bool_], other: npt.NDArray[np.bool_]) -> bool:
    """Whether of the samples on which exactly one is right it is `one` more often than chance explains."""
    won, lost = int((one & ~other).sum()), int((other & ~one).sum())
    return (won - lost) ** 2 > 6.635 * (won + lost)

"""Stage `replay`: the kept examples of an earlier audit, tried on another model by one forward pass each.

See `openapi.stages.replay`. execution: ``batch_size``.
"""

import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from openapi.problems import DatasetMismatch
from openapi.stages.replay import ReplayedCount, ReplayedThreat, ReplayParams, ReplayValue, replayed
from workers.attacks.engine.victim import Victim, frozen
from workers.choice import chosen
from workers.exact_float32 import exact_float32
from workers.jobs.context import JobContext
from workers.models.audited import AuditedModel
from workers.models.load import load_contract
from workers.reports.kept_arrays import read_header

#: Images in memory at a time.
_AT_ONCE = 256


def run(ctx: JobContext[ReplayParams]) -> ReplayValue:
    """Count the examples that fooled the earlier model and that this one classifies wrongly."""
    params = ctx.params
    model = load_contract(ctx.inputs["model"], params.model).to(ctx.device)
    labels = np.load(ctx.inputs["y"], mmap_mode="r", allow_pickle=False)
    shape = np.load(ctx.inputs["x"], mmap_mode="r", allow_pickle=False).shape[1:]
    evaluated = chosen(params.choice, labels, params.start, params.stop)
    counts, fooled = [], dict[str, set[int]]()
    with frozen(model), exact_float32():
        for i, attack in enumerate(params.attacks):
            ctx.progress(i, len(params.attacks), "attacks", "replay")
            n, wrong = _tried(model, ctx.inputs[replayed(i)], labels, shape, ctx.device)
            counts.append(ReplayedCount(id=attack.id, threat_model=attack.threat_model, n=n, still_fooled=len(wrong)))
            fooled.setdefault(attack.threat_model, set()).update(wrong)
    there = set(evaluated.tolist())
    threats = tuple(ReplayedThreat(threat_model=name, fooled=len(found & there)) for name, found in fooled.items())
    return ReplayValue(evaluated=len(evaluated), attacks=tuple(counts), threats=threats)


def _tried(
    model: AuditedModel, examples: Path, labels: NDArray[Any], shape: tuple[int, ...], device: str
) -> tuple[int, list[int]]:
    """How many of the examples fooled the earlier model, and the indices of those of them that fool this one."""
    count, wrong = 0, list[int]()
    for x, index in fooling(examples, shape):
        rows = torch.from_numpy(index).to(device)
        victim = Victim(model, rows, least=2)
        predicted = victim.logits(x.to(device), victim.everyone).argmax(1).cpu().numpy()
        count += len(index)
        wrong += index[predicted != labels[index]].tolist()
    return count, wrong


def fooling(path: Path, shape: tuple[int, ...]) -> Iterator[tuple[Tensor, NDArray[np.int64]]]:
    """The examples of a kept file that are successes, a few at a time: images (m, c, h, w) and indices (m,).

    shape: (c, h, w) that the model takes. Raises `DatasetMismatch` where the examples are of another.
    """
    with np.load(path, allow_pickle=False) as arrays:
        index, success = arrays["index"], arrays["success"]
    with zipfile.ZipFile(path) as archive, archive.open("x.npy") as stream:
        (n, *kept), dtype = read_header(stream)
        if tuple(kept) != shape:
            raise DatasetMismatch(f"the kept examples are images of {_text(kept)}, and this model takes {_text(shape)}")
        size = int(np.prod(kept)) * dtype.itemsize
        for start in range(0, n, _AT_ONCE):
            stop = min(start + _AT_ONCE, n)
            images = np.frombuffer(stream.read((stop - start) * size), dtype).reshape(stop - start, *kept)
            chosen_rows = success[start:stop]
            if chosen_rows.any():
                yield torch.from_numpy(images[chosen_rows].astype(np.float32)), index[start:stop][chosen_rows]


def _text(shape: Any) -> str:
    return "×".join(map(str, shape))

"""Pictures of the most confident mistakes, when the shards kept their examples."""

import base64
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from workers.datasets.npy import pick_rows
from workers.reports.keepsakes import rows_of, slices_of
from workers.reports.merge import AttackTable
from workers.reports.outcomes import measured_norm

Pixels = npt.NDArray[np.float32]


@dataclass(frozen=True)
class WorstExample:
    """One fooled sample: data URIs of PNG images, and what the model said.

    difference: 0.5 + (x' − x) · gain / 2, where `gain` brings the sample's largest change to black or white.
    """

    attack: str
    index: int
    label: int
    predicted: int
    confidence: float
    distance: float
    norm: str
    adversarial: str
    benign: str | None = None
    difference: str | None = None
    gain: float | None = None


def worst_examples(tables: Sequence[AttackTable], inputs: Mapping[str, Path], most: int = 9) -> list[WorstExample]:
    """The successes with the highest confidence in a wrong class, of the strongest attack that kept its examples.

    At most two of one class. Benign images come from the kept pairs (or an input ``x``, the data set itself); without
    them only the adversarial image is shown.
    """
    kept = [(t, slices_of(inputs, f"examples.{i}.")) for i, t in enumerate(tables)]
    kept = [(t, parts) for t, parts in kept if parts and t.success.any()]
    if not kept:
        return []
    table, parts = max(kept, key=lambda pair: int(pair[0].success.sum()))
    chosen = _choose(table, most)
    adversarial = _find(parts, "x", chosen)
    benign = _find(slices_of(inputs, "pairs."), "x", chosen) or _from_data(inputs.get("x"), chosen)
    place = {int(i): k for k, i in enumerate(table.index)}
    found = []
    for i in chosen:
        if i not in adversarial:
            continue
        k = place[i]
        found.append(
            WorstExample(
                attack=table.id,
                index=i,
                label=int(table.label[k]),
                predicted=int(table.adv_predicted[k]),
                confidence=float(table.confidence[k]),
                distance=float(table.distance[k]),
                norm=measured_norm(table),
                adversarial=png(adversarial[i]),
                **_beside(benign.get(i), adversarial[i]),
            )
        )
    return found


def _choose(table: AttackTable, most: int) -> list[int]:
    fooled = np.flatnonzero(table.success)
    order = fooled[np.argsort(-table.confidence[fooled], kind="stable")]
    chosen: list[int] = []
    seen: dict[int, int] = {}
    for k in order:
        label = int(table.label[k])
        if seen.get(label, 0) < 2:
            seen[label] = seen.get(label, 0) + 1
            chosen.append(int(table.index[k]))
        if len(chosen) == most:
            break
    return chosen


def _find(parts: Sequence[Path], key: str, wanted: Sequence[int]) -> dict[int, Pixels]:
    found: dict[int, Pixels] = {}
    for path in parts:
        with np.load(path, allow_pickle=False) as arrays:
            index = arrays["index"]
        positions = np.flatnonzero(np.isin(index, wanted))
        for position, row in zip(positions, rows_of(path, key, positions.tolist()), strict=True):
            found[int(index[position])] = row
    return found


def _from_data(path: Path | None, wanted: Sequence[int]) -> dict[int, Pixels]:
    if path is None:
        return {}
    x = pick_rows(path, wanted)
    scale = np.float32(255 if x.dtype == np.uint8 else 1)
    return dict(zip(wanted, x.astype(np.float32) / scale, strict=True))


def _beside(benign: Pixels | None, adversarial: Pixels) -> dict[str, Any]:
    if benign is None or benign.shape != adversarial.shape:
        return {}
    change = adversarial - benign
    largest = float(np.abs(change).max())
    gain = 1 / largest if largest > 0 else 1.0
    return {"benign": png(benign), "difference": png(0.5 + change * gain / 2), "gain": gain}


def png(pixels: npt.NDArray[Any]) -> str:
    """Encode (c, h, w) in [0, 1] as a PNG data URI, at most 128 pixels wide or high."""
    levels = np.rint(np.clip(pixels, 0, 1) * 255).astype(np.uint8)
    plane = levels[:3].transpose(1, 2, 0) if len(levels) >= 3 else levels[0]
    image = Image.fromarray(np.ascontiguousarray(plane))
    if max(image.size) > 128:
        image.thumbnail((128, 128))
    data = io.BytesIO()
    image.save(data, "PNG", optimize=True)
    return "data:image/png;base64," + base64.b64encode(data.getvalue()).decode()

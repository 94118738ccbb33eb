"""Pictures of the most confident mistakes: each attack shard leaves a few, the report shows the overall worst.

They are small PNG images in a JSON file, so that the page can show them whether or not the audit keeps its examples.
"""

import base64
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TypedDict

import numpy as np
import numpy.typing as npt
from PIL import Image

from openapi.stages.attack import AttackFile
from workers.reports.kept_arrays import slices_of
from workers.reports.merge import AttackTable
from workers.reports.outcomes import measured_norm

Pixels = npt.NDArray[np.float32]

#: Pictures on the page, and of one true class among them.
MOST, OF_ONE_CLASS = 9, 2
_SIDE = 128


@dataclass(frozen=True)
class WorstExample:
    """One fooled sample: data URIs of PNG images, and what the model said.

    difference: 0.5 + (x' − x) · gain / 2, where `gain` brings the sample's largest change to black or white. attack,
    norm: set by the report, which alone knows the attack's name.
    """

    index: int
    label: int
    predicted: int
    confidence: float
    distance: float
    benign: str
    difference: str
    adversarial: str
    gain: float
    attack: str = ""
    norm: str = ""


def pick(
    x: Pixels,
    x_adv: Pixels,
    success: npt.NDArray[np.bool_],
    columns: Mapping[str, npt.NDArray[Any]],
) -> list[WorstExample]:
    """Return the successes with the highest confidence in a wrong class: at most `MOST`, and `OF_ONE_CLASS` a class.

    x, x_adv: (n, c, h, w) in [0, 1]; columns: (n,) each of `index`, `label`, `predicted` (under attack), `confidence`,
    `distance`. Those of a whole are among those of its slices.
    """
    fooled = np.flatnonzero(success)
    order = fooled[np.argsort(-columns["confidence"][fooled], kind="stable")]
    found = []
    for k in _few_of_each([int(c) for c in columns["label"][order]]):
        at = order[k]
        values = {name: column[at].item() for name, column in columns.items()}
        found.append(WorstExample(**values, **_pictures(x[at], x_adv[at])))
    return found


def write(path: Path, examples: Sequence[WorstExample]) -> None:
    """Store a slice's pictures as JSON."""
    path.write_text(json.dumps([asdict(e) for e in examples]), encoding="utf-8")


def worst_examples(tables: Sequence[AttackTable], inputs: Mapping[str, Path]) -> list[WorstExample]:
    """The worst of the strongest attack within a radius (of the strongest at all where there is none).

    inputs: the report's, among them the pictures (`AttackFile.WORST`) of every attack and slice.
    """
    left = [(t, slices_of(inputs, AttackFile.WORST, i)) for i, t in enumerate(tables)]
    left = [(t, parts) for t, parts in left if parts and t.success.any()]
    if not left:
        return []
    table, parts = max(left, key=lambda pair: (pair[0].spec.threat_model.bounded, int(pair[0].success.sum())))
    about = {"attack": table.id, "norm": measured_norm(table.spec, table.norm)}
    every = [WorstExample(**{**e, **about}) for part in parts for e in json.loads(part.read_text(encoding="utf-8"))]
    every.sort(key=lambda e: (-e.confidence, e.index))
    return [every[k] for k in _few_of_each([e.label for e in every])]


def _few_of_each(labels: Sequence[int]) -> list[int]:
    """Positions of the first `MOST` samples of which no class has more than `OF_ONE_CLASS`."""
    chosen: list[int] = []
    seen: dict[int, int] = {}
    for k, label in enumerate(labels):
        if len(chosen) < MOST and seen.get(label, 0) < OF_ONE_CLASS:
            seen[label] = seen.get(label, 0) + 1
            chosen.append(k)
    return chosen


class _Pictures(TypedDict):
    """PNG data URIs, and by how much the difference is amplified."""

    benign: str
    difference: str
    adversarial: str
    gain: float


def _pictures(benign: Pixels, adversarial: Pixels) -> _Pictures:
    change = adversarial - benign
    largest = float(np.abs(change).max())
    gain = 1 / largest if largest > 0 else 1.0
    return {
        "benign": png(benign),
        "difference": png(0.5 + change * gain / 2),
        "adversarial": png(adversarial),
        "gain": gain,
    }


def png(pixels: npt.NDArray[Any]) -> str:
    """Encode (c, h, w) in [0, 1] as a PNG data URI, at most 128 pixels wide or high."""
    return "data:image/png;base64," + base64.b64encode(encode(pixels, _SIDE, optimize=True)).decode()


def encode(pixels: npt.NDArray[Any], side: int | None = None, *, optimize: bool = False) -> bytes:
    """Encode (c, h, w) in [0, 1] as a PNG file, at most `side` pixels wide or high: colours, or the first channel."""
    levels = np.rint(np.clip(pixels, 0, 1) * 255).astype(np.uint8)
    plane = levels[:3].transpose(1, 2, 0) if len(levels) >= 3 else levels[0]
    image = Image.fromarray(np.ascontiguousarray(plane))
    if side is not None and max(image.size) > side:
        image.thumbnail((side, side))
    data = io.BytesIO()
    image.save(data, "PNG", optimize=optimize)
    return data.getvalue()

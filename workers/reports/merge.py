"""The attacks' shards put together: one table an attack, in the order of the samples, the same for any slicing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from openapi.attacks.base import Attack
from openapi.problems import JobFailed
from openapi.stages.attack import AttackValue
from openapi.stages.base import Choice
from openapi.stages.neurons import NeuronsValue
from openapi.stages.places import Place, Whose
from workers.attacks.engine.outcomes import Outcomes, joined, read_columns
from workers.attacks.engine.totals import add_extras
from workers.choice import Indices, chosen


@dataclass(frozen=True, kw_only=True)
class AttackTable(Outcomes):
    """What one attack did to all n samples, ascending in `index`.

    target: the class that was chosen for all samples, if any. Totals are sums over the slices.
    """

    id: str
    spec: Attack
    forward_passes: int = 0
    backward_passes: int = 0
    seconds: float = 0.0
    randomised: bool = False
    norm: str | None = None
    target: int | None = None
    extras: dict[str, Any] = field(default_factory=dict)


def merge_attacks(
    specs: Sequence[Attack],
    slices: Sequence[tuple[int, int]],
    inputs: Mapping[str, Path],
    values: Mapping[Place, AttackValue | NeuronsValue],
    *,
    whose: Whose = Whose.BEFORE,
    first: int = 0,
    choice: Choice | None = None,
) -> list[AttackTable]:
    """Read the samples of every attack and slice of a side.

    first: the position of the first attack in the job's list. choice: which samples the slices cut.

    Raises `JobFailed` when a slice is missing or does not hold exactly its samples: a report never covers less than it
    says.
    """
    labels = np.load(inputs["labels"], mmap_mode="r", allow_pickle=False) if "labels" in inputs else None
    every = chosen(choice, labels, 0, slices[-1][1])
    return [_merge(i, spec, slices, every, inputs, values, whose) for i, spec in enumerate(specs, first)]


def _merge(
    i: int,
    spec: Attack,
    slices: Sequence[tuple[int, int]],
    every: Indices,
    inputs: Mapping[str, Path],
    values: Mapping[Place, AttackValue | NeuronsValue],
    whose: Whose,
) -> AttackTable:
    parts: list[dict[str, npt.NDArray[Any]]] = []
    totals: dict[str, Any] = {"forward_passes": 0, "backward_passes": 0, "seconds": 0.0, "randomised": False}
    extras: dict[str, Any] = {}
    norm: str | None = None
    target: int | None = None
    for j, (start, stop) in enumerate(slices):
        place = Place.of_attack(i, j, whose)
        name, value = str(place), values.get(place)
        if name not in inputs or not isinstance(value, AttackValue):
            raise JobFailed(f"the report lacks the result {name} (samples {start} to {stop - 1})")
        part = read_columns(inputs[name])
        if not np.array_equal(part["index"], every[start:stop]):
            raise JobFailed(f"the result {name} does not hold exactly the samples {start} to {stop - 1}")
        parts.append(part)
        for key in ("forward_passes", "backward_passes", "seconds"):
            totals[key] += getattr(value, key)
        totals["randomised"] = totals["randomised"] or value.randomised
        extras = add_extras(extras, value.figures)
        norm = norm or value.norm
        target = value.target if target is None else target
    every_slice = joined(parts)
    order = np.argsort(every_slice["index"], kind="stable")
    rows: dict[str, Any] = {column: array[order] for column, array in every_slice.items()}
    for column in ("distance", "confidence", "clean_confidence"):
        rows[column] = rows[column].astype(np.float64)
    return AttackTable(id=str(spec.id), spec=spec, extras=extras, norm=norm, target=target, **totals, **rows)

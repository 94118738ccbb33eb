"""The attacks' shards put together: one table an attack, in the order of the samples, the same for any slicing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from pathlib import Path

import numpy as np

from openapi.attacks.base import Attack
from openapi.problems import JobFailed
from openapi.stages.attack import AttackValue
from openapi.stages.base import Choice
from openapi.stages.neurons import NeuronsValue
from openapi.stages.places import Place, Whose
from workers.attacks.engine.outcomes import Columns, Outcomes, joined, read_columns
from workers.attacks.engine.totals import Extras, add_extras
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
    extras: Extras = field(default_factory=dict)


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
    parts: list[Columns] = []
    found: list[AttackValue] = []
    for j, (start, stop) in enumerate(slices):
        place = Place.of_attack(i, j, whose)
        name, value = str(place), values.get(place)
        if name not in inputs or not isinstance(value, AttackValue):
            raise JobFailed(f"the report lacks the result {name} (samples {start} to {stop - 1})")
        part = read_columns(inputs[name])
        if not np.array_equal(part["index"], every[start:stop]):
            raise JobFailed(f"the result {name} does not hold exactly the samples {start} to {stop - 1}")
        parts.append(part)
        found.append(value)
    every_slice = joined(parts)
    order = np.argsort(every_slice["index"], kind="stable")
    rows: Columns = {column: array[order] for column, array in every_slice.items()}
    for column in ("distance", "confidence", "clean_confidence"):
        rows[column] = rows[column].astype(np.float64)
    return AttackTable(
        **rows,
        id=str(spec.id),
        spec=spec,
        forward_passes=sum(value.forward_passes for value in found),
        backward_passes=sum(value.backward_passes for value in found),
        seconds=sum((value.seconds for value in found), 0.0),
        randomised=any(value.randomised for value in found),
        norm=next((value.norm for value in found if value.norm), None),
        target=next((value.target for value in found if value.target is not None), None),
        extras=reduce(add_extras, (value.figures for value in found), {}),
    )

"""Two audits of the same samples, one by one: which samples each holds, by an attack, a threat model or without any."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self


@dataclass(frozen=True)
class Sampled:
    """What became of the evaluated samples of an audit, ascending in `index`; fooled: by the id of an attack, (n,) each."""

    index: Sequence[int]
    label: Sequence[int]
    correct: Sequence[bool]
    fooled: Mapping[str, Sequence[bool]]

    @classmethod
    def read(cls, lines: Iterable[bytes | str]) -> Self:
        """Read the lines of `samples.jsonl` (`openapi.audits.SampleResult`). Raises `ValueError` and `KeyError`."""
        index: list[int] = []
        label: list[int] = []
        correct: list[bool] = []
        fooled: dict[str, list[bool]] = {}
        for line in lines:
            row: dict[str, Any] = json.loads(line)
            index.append(row["index"])
            label.append(row["label"])
            correct.append(row["correct"])
            for name, outcome in row["attacks"].items():
                fooled.setdefault(name, []).append(outcome["success"])
        if any(len(column) != len(index) for column in fooled.values()):
            raise ValueError("a sample lacks the outcome of an attack")
        return cls(index, label, correct, fooled)

    def robust(self, attacks: Iterable[str]) -> list[bool]:
        """Whether a sample is classified correctly and was fooled by none of these attacks, (n,)."""
        columns = [self.fooled[name] for name in attacks]
        return [right and not any(outcomes) for right, *outcomes in zip(self.correct, *columns, strict=True)]

    def only(self, wanted: Sequence[int]) -> Self:
        """Of these samples alone; all of them must be there. wanted: ascending."""
        places = {sample: i for i, sample in enumerate(self.index)}
        return self._of([places[sample] for sample in wanted])

    def at(self, chosen: Sequence[bool]) -> Self:
        """Of the chosen samples alone. chosen: (n,)."""
        return self._of([i for i, wanted in enumerate(chosen) if wanted])

    def _of(self, places: Sequence[int]) -> Self:
        return type(self)(
            [self.index[i] for i in places],
            [self.label[i] for i in places],
            [self.correct[i] for i in places],
            {name: [column[i] for i in places] for name, column in self.fooled.items()},
        )

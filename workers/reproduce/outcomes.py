"""What came out of an experiment: tables of numbers with their intervals beside the published ones, and charts."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib import resources
from typing import Any

import numpy as np
import numpy.typing as npt

from openapi.intervals import mcnemar, wilson
from workers.reports.figures import Figure


@dataclass(frozen=True)
class Cell:
    """A number of ours, its 95 % interval and n where it is a share, and the paper's, both in the table's unit."""

    value: float | None
    published: float | None = None
    low: float | None = None
    high: float | None = None
    n: int | None = None

    @property
    def difference(self) -> float | None:
        """Ours less the paper's."""
        return None if self.value is None or self.published is None else self.value - self.published


@dataclass(frozen=True)
class Table:
    """Rows of cells. unit: `%` or nothing."""

    title: str
    columns: Sequence[str]
    rows: Mapping[str, Sequence[Cell]]
    unit: str = ""


@dataclass(frozen=True)
class Outcome:
    """An experiment's tables and charts. findings: orderings that the paper tells of, with what we found."""

    tables: Sequence[Table] = ()
    figures: Sequence[Figure] = ()
    findings: Sequence[str] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)


#: What is said of an experiment whose numbers have none of the paper's beside them.
DRAWN = "The paper draws this and prints no number of it: ours stand alone; what its text says of it is above"


def beside_the_paper(outcome: Outcome) -> Outcome:
    """The outcome, with a word where the paper has no number to stand beside any of ours."""
    cells = (cell for table in outcome.tables for row in table.rows.values() for cell in row)
    if any(cell.published is not None for cell in cells):
        return outcome
    return replace(outcome, findings=(*outcome.findings, DRAWN))


def share(robust: npt.NDArray[np.bool_], published: float | None = None) -> Cell:
    """A cell of per-image outcomes (n,), in per cent with its Wilson interval."""
    hits, n = int(robust.sum()), len(robust)
    low, high = wilson(hits, n)
    return Cell(100 * hits / n, published, 100 * low, 100 * high, n)


def published(name: str) -> dict[str, Any]:
    """The paper's numbers of a table: `title`, `columns`, `rows`."""
    text = (resources.files("workers.reproduce") / "published.json").read_text("utf-8")
    found: dict[str, Any] = json.loads(text)[name]
    return found


def paired(what: str, ours: npt.NDArray[np.bool_], theirs: npt.NDArray[np.bool_], names: tuple[str, str]) -> str:
    """A sentence on two per-image outcomes (n,) of the same images, with McNemar's exact test."""
    first, second = int((ours & ~theirs).sum()), int((theirs & ~ours).sum())
    p = mcnemar(first, second)
    which = "no difference beyond chance" if p > 0.05 else f"{names[0] if first > second else names[1]} holds more"
    alone = f"{names[0]} alone holds {first}, {names[1]} alone {second} of {len(ours)} images"
    return f"{what}: {alone} (p = {p:.2g}): {which}"

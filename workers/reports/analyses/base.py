"""What the report's part of an analysis is made from, and what it becomes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openapi.analyses import NeuronOptions, work
from openapi.audits import AuditRequest
from openapi.base import Frozen
from openapi.report import Check, NeuronReport
from openapi.stages.base import Wire
from openapi.stages.report import ReportParams
from workers.reports.figures import Figure


@dataclass(frozen=True)
class Result:
    """What one step left: its place, as the plan numbers it, its value, and its files by their keys."""

    at: tuple[int, ...]
    value: Wire
    files: Mapping[str, Path]


@dataclass(frozen=True)
class Found:
    """Everything that an analysis may look at.

    `neurons`: σ as it is reported; None while files are kept. `results`: work → its steps, in order.
    """

    params: ReportParams
    request: AuditRequest
    options: NeuronOptions
    neurons: NeuronReport | None
    results: Mapping[str, Sequence[Result]]

    def of(self, name: str) -> Sequence[Result]:
        """The results of a work; empty where it was not done on all of its samples."""
        return self.results.get(name, ())


@dataclass(frozen=True)
class Merged:
    """The section, or None and `why`; `detail` and `numbers` of its check; further checks."""

    section: Frozen | None
    detail: str
    numbers: Mapping[str, Any] | None = None
    checks: tuple[Check, ...] = ()


#: What a template is given of a section: name → value.
View = dict[str, object]


@dataclass(frozen=True)
class Shown:
    """A section as the page shows it: its template, which is given the section's JSON and the view."""

    name: str
    title: str
    template: str
    section: dict[str, Any]
    view: View

    @property
    def figures(self) -> list[Figure]:
        """What the view draws."""
        drawn = (self.view.get(part) for part in ("charts", "pictures"))
        return [f for part in drawn if isinstance(part, Sequence) for f in part if isinstance(f, Figure)]


#: Key, file name, kind, format → the path to write to.
Output = Callable[[str, str, str, str], Path]


def results_of(params: ReportParams, inputs: Mapping[str, Path]) -> dict[str, list[Result]]:
    """The results of all works, by work, in the order of their places."""
    found: dict[str, list[Result]] = {}
    for step, value in (params.analyses or {}).items():
        name, _, place = step.partition(".")
        at = tuple(int(number) for number in place.split("."))
        files = {key.removeprefix(f"{step}."): path for key, path in inputs.items() if key.startswith(f"{step}.")}
        files = {key: path for key, path in files.items() if "." not in key}
        found.setdefault(name, []).append(Result(at, work(name).value.model_validate(value), files))
    for results in found.values():
        results.sort(key=lambda result: result.at)
    return found

"""What a person sees while waiting and afterwards: progress bars and tables, on standard error."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    ProgressColumn,
    Task,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table
from rich.text import Text

Json = dict[str, Any]
console = Console(stderr=True)


class _Amount(ProgressColumn):
    """``3384/4000 samples``; the total is left out while it is unknown."""

    def render(self, task: Task) -> Text:
        """See `ProgressColumn`."""
        total = "" if task.total is None else f"/{task.total:.6g}"
        return Text(f"{task.completed:.6g}{total} {task.fields.get('unit', '')}")


class Bars:
    """One progress bar for each phase of a job, created when the phase begins."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._tasks: dict[str, TaskID] = {}

    def show(self, phase: str, done: float, total: float, unit: str = "") -> None:
        """Move the bar of a phase; bars of earlier phases are filled."""
        if phase not in self._tasks:
            self.finish()
            self._tasks[phase] = self._progress.add_task(phase, total=None, unit=unit)
        self._progress.update(self._tasks[phase], completed=done, total=total or None, unit=unit)

    def finish(self) -> None:
        """Fill every bar."""
        for task in self._progress.tasks:
            total = task.total or 1
            self._progress.update(task.id, completed=total, total=total)

    def uploading(self, name: str) -> Any:
        """Return a callback (done, total) in bytes for one upload."""
        return lambda done, total: self.show(f"upload {name}", done / 1e6, total / 1e6, "MB")

    def job(self, body: Json, title: str = "") -> None:
        """Show a job's answer; `title` tells the phases of several jobs apart."""
        progress = body.get("progress") or {}
        phase = body.get("phase") or body["status"]
        self.show(
            f"{title} {phase}".strip(), progress.get("done", 0), progress.get("total", 0), progress.get("unit", "")
        )


@contextmanager
def bars() -> Iterator[Bars]:
    """Progress bars on a terminal, or one plain line a phase elsewhere."""
    columns = (
        TextColumn("{task.description:<32}", markup=False),
        BarColumn(30),
        _Amount(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    if not sys.stderr.isatty():
        yield _Lines(Progress(disable=True))
        return
    with Progress(*columns, console=console) as progress:
        shown = Bars(progress)
        yield shown
        shown.finish()


class _Lines(Bars):
    """For logs: a line when a phase begins."""

    _last = ""

    def show(self, phase: str, done: float, total: float, unit: str = "") -> None:
        if phase != self._last:
            self._last = phase
            console.print(f"{phase} …", markup=False, highlight=False)

    def finish(self) -> None:
        pass


def share(part: Json) -> str:
    """``57.1 % [54.0, 60.2]`` of a block with a proportion and its interval."""
    value = part.get("accuracy", part.get("robust_accuracy"))
    low, high = part["ci95"]
    return f"{100 * float(value or 0):.1f} % [{100 * low:.1f}, {100 * high:.1f}]"


def accuracy_table(before: Json, after: Json | None, title: str) -> Table:
    """Clean and robust accuracy with 95 % intervals, before and (when hardened) after."""
    table = Table(title=title, title_justify="left")
    table.add_column("accuracy")
    table.add_column("before" if after else "now", justify="right")
    if after:
        table.add_column("after hardening", justify="right")
    rows = [("clean", before["clean"], after["clean"] if after else None)]
    later = {a["id"]: a for a in after["attacks"]} if after else {}
    rows += [(a["id"], a, later.get(a["id"])) for a in before["attacks"]]
    worst = {w["threat_model"]: w for w in after["worst_case"]} if after else {}
    rows += [(f"worst case, {w['threat_model']}", w, worst.get(w["threat_model"])) for w in before["worst_case"]]
    for name, first, second in rows:
        table.add_row(name, share(first), *([share(second) if second else "-"] if after else []))
    return table


def neuron_table(neurons: Json, layers: int = 3, top: int = 5) -> Table:
    """The most sensitive neurons of the first, middle and last layers."""
    found = neurons["layers"]
    picks = sorted({round(i * (len(found) - 1) / max(1, layers - 1)) for i in range(layers)})
    table = Table(title=f"Most sensitive neurons (sigma, SNS Eq. 1; tap: {neurons['tap']})", title_justify="left")
    table.add_column("layer")
    for rank in range(1, top + 1):
        table.add_column(f"#{rank}", justify="right")
    for layer in (found[i] for i in picks):
        cells = [f"{n['neuron']}: {n['sensitivity']:.4g}" for n in layer["ranking"][:top]]
        table.add_row(layer["name"], *cells, *[""] * (top - len(cells)))
    return table

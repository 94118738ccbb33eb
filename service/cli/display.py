"""What a person sees while waiting and afterwards: progress bars and tables, on standard error."""

import os
import sys
import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager

from pydantic import ValidationError
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
from rich.table import Column, Table
from rich.text import Text

from openapi.base import NEWER
from openapi.text import visible
from openapi.threat_models import threat_label
from service.cli.client import Json

#: A log has no width of its own: tables are then written without folding their cells.
_LOG_WIDTH = 120

console = Console(stderr=True)
if not console.is_terminal and "COLUMNS" not in os.environ:
    console.width = _LOG_WIDTH

#: Between two lines about the same phase in a log: some pipelines end what is silent for ten minutes.
_LINE_SECONDS = 30.0
#: A layer's name is shown up to so many characters; its end tells layers apart, its beginning is the same for all.
_NAME_WIDTH = 32
_CELL_WIDTH = 16


def line(text: str, style: str | None = None) -> None:
    """Say one thing, as it is, on a line of its own; what a terminal would obey is shown instead."""
    console.print(visible(text), style=style, markup=False, highlight=False, soft_wrap=True)


def shown(text: str) -> Text:
    """Text from outside for a table: no markup, and nothing that a terminal would obey."""
    return Text(visible(text))


class _Amount(ProgressColumn):
    """``3384/4000 samples``; the total is left out while it is unknown."""

    def render(self, task: Task) -> Text:
        """See `ProgressColumn`."""
        return Text(_amount(task.completed, task.total, task.fields.get("unit", "")))


def _amount(done: float, total: float | None, unit: str) -> str:
    parts = [f"{round(part, 1):.10g}" for part in (done, total) if part is not None]
    return f"{'/'.join(parts)} {visible(unit)}".rstrip()


def _named(phase: str, waits: str) -> str:
    return f"{phase}, waiting: {waits}" if waits else phase


class Bars:
    """One progress bar for each phase of a job, created when the phase begins."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._tasks: dict[str, TaskID] = {}

    def show(self, phase: str, done: float, total: float, unit: str = "", waits: str = "") -> None:
        """Move the bar of a phase, and say what it `waits` for; bars of earlier phases are filled."""
        phase = visible(phase)
        if phase not in self._tasks:
            self.finish()
            self._tasks[phase] = self._progress.add_task(phase, total=None, unit=unit)
        self._progress.update(self._tasks[phase], completed=done, total=total or None, unit=unit)
        self._progress.update(self._tasks[phase], description=_named(phase, visible(waits)))

    def finish(self) -> None:
        """Fill every bar."""
        for task in self._progress.tasks:
            total = task.total or 1
            self._progress.update(task.id, completed=total, total=total)

    def job(self, body: Json, title: str = "") -> None:
        """Show a job's answer; `title` tells the phases of several jobs apart."""
        progress = body.get("progress") or {}
        phase = body.get("phase") or body["status"]
        waits = body.get("waiting_for") or {}
        self.show(
            f"{title} {phase}".strip(),
            progress.get("done", 0),
            progress.get("total", 0),
            progress.get("unit", ""),
            waits.get("detail") or waits.get("title") or _place(body.get("queue_position")),
        )


def _place(before: int | None) -> str:
    """What a job in the queue waits for."""
    return f"{before} of your jobs go first" if before else ""


@contextmanager
def bars() -> Iterator[Bars]:
    """Progress bars on a terminal, or one plain line a phase elsewhere."""
    columns = (
        TextColumn("{task.description:<32}", markup=False),
        BarColumn(30),
        _Amount(Column(no_wrap=True)),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    if not sys.stderr.isatty():
        yield _LogBars(Progress(disable=True))
        return
    with Progress(*columns, console=console) as progress:
        shown = Bars(progress)
        yield shown
        shown.finish()


class _LogBars(Bars):
    """For logs: a line when a phase begins, and now and then how far it is."""

    _last, _said = "", 0.0

    def show(self, phase: str, done: float, total: float, unit: str = "", waits: str = "") -> None:
        now = time.monotonic()
        phase = _named(phase, waits)
        if phase != self._last:
            line(f"{phase} …")
        elif total and now - self._said >= _LINE_SECONDS:
            line(f"{phase} … {_amount(done, total, unit)}")
        else:
            return
        self._last, self._said = phase, now

    def finish(self) -> None:
        pass


def share(part: Json) -> str:
    """``57.1 % [54.0, 60.2]`` of a block with a proportion and its interval."""
    value = part.get("accuracy", part.get("robust_accuracy"))
    low, high = part["ci95"]
    return f"{100 * float(value or 0):.1f} % [{100 * low:.1f}, {100 * high:.1f}]"


def accuracy_table(before: Json, after: Json | None, title: str, first_column: str = "before") -> Table:
    """Clean and robust accuracy with 95 % intervals, before and (when hardened) after."""
    table = Table(title=shown(title), title_justify="left")
    table.add_column("accuracy", overflow="fold")
    table.add_column(shown(first_column) if after else "now", justify="right")
    if after:
        table.add_column("after hardening", justify="right")
    rows = [("clean", before["clean"], after["clean"] if after else None)]
    later = {a["id"]: a for a in after["attacks"]} if after else {}
    rows += [(a["id"], a, later.get(a["id"])) for a in before["attacks"]]
    worst = {w["threat_model"]: w for w in after["worst_case"]} if after else {}
    rows += [(f"worst case, {threat_label(w)}", w, worst.get(w["threat_model"])) for w in before["worst_case"]]
    for name, first, second in rows:
        table.add_row(shown(name), share(first), *([share(second) if second else "-"] if after else []))
    return table


def tell_comparison(found: Json) -> None:
    """What a hardening comes to, the closer look at it, and the method that it is shown beside."""
    if scrutiny := found.get("scrutiny"):
        title = f"a closer look at {scrutiny['n']} of the samples"
        console.print(accuracy_table(scrutiny["before"], scrutiny["after"], title))
        both = {a["id"] for a in scrutiny["before"]["attacks"]}
        for attack in scrutiny["after"]["attacks"]:
            if attack["id"] not in both:
                elsewhere = attack["id"].startswith("transfer-")
                made = "examples of the uploaded model" if elsewhere else "gradients passed through what stops them"
                line(f"after hardening, {attack['id']} ({made}): {share(attack)}")
    if rival := found.get("rival"):
        console.print(accuracy_table(rival["side"], found["after"], f"beside {rival['method']}", f"{rival['method']}"))
    if what := found.get("finding"):
        reasons = "; ".join(found.get("reasons", ()))
        line(what.replace("_", " ") + (f": {reasons}" if reasons else ""), "green" if what == "improved" else "red")


def tell_goal(frontier: Json | None) -> None:
    """What was reached of a hardening's goal, where that is less than was asked for."""
    if not frontier or frontier["met"]:
        return
    asked = " and ".join(f"{name} {value:g}" for name, value in frontier["goal"].items() if value is not None)
    there = _delivered(frontier)
    reached = (
        f"; on the validation split the delivered weights have robust_accuracy {there['robust_accuracy']:.4g} and "
        f"clean accuracy {there['clean_accuracy']:.4g}"
        if there
        else ""
    )
    line(f"the goal was not met: {asked} was asked for{reached}", "yellow")


def _delivered(frontier: Json) -> Json | None:
    """The point whose weights are delivered."""
    by, where = ("epochs", "epoch") if frontier.get("delivered_epoch") is not None else ("points", "share")
    wanted = frontier["delivered_epoch" if by == "epochs" else "delivered"]
    found: Json | None = next((p for p in frontier[by] if p[where] == wanted), None)
    return found


def neuron_table(neurons: Json, layers: int = 3, top: int = 5) -> Table:
    """The most sensitive neurons of the first, middle and last layers, as many as the terminal is wide enough for."""
    found = neurons["layers"]
    picks = sorted({round(i * (len(found) - 1) / max(1, layers - 1)) for i in range(layers)})
    title = f"Most sensitive neurons (sigma, SNS Eq. 1; tap: {neurons['tap']})"
    table = Table(title=shown(title), title_justify="left")
    table.add_column("layer", overflow="fold")
    names = _ends([layer["name"] for layer in found], {found[i]["name"] for i in picks})
    top = max(1, min(top, (console.width - max(_NAME_WIDTH, *map(len, names.values()))) // _CELL_WIDTH))
    for rank in range(1, top + 1):
        table.add_column(f"#{rank}", justify="right", no_wrap=True)
    for layer in (found[i] for i in picks):
        cells = [f"{n['neuron']}: {n['sensitivity']:.4g}" for n in layer["ranking"][:top]]
        table.add_row(shown(names[layer["name"]]), *cells, *[""] * (top - len(cells)))
    return table


def tell_analyses(checks: Sequence[Json]) -> None:
    """What the analyses beside σ found, a line each."""
    from openapi.analyses import OWN

    for check in checks:
        if (check["id"] in OWN or check["id"].startswith("neurons.")) and check["status"] == "pass":
            line(f"{check['title']}: {check['detail']}")


def _ends(names: Sequence[str], wanted: Collection[str]) -> dict[str, str]:
    """Each of the `wanted` → its end, as much of it as tells it apart from the other `names`."""
    found = {}
    for name in wanted:
        width, others = _NAME_WIDTH, set(names) - {name}
        while (end := _end(name, width)) != name and any(other.endswith(end[1:]) for other in others):
            width += 1
        found[name] = end
    return found


def _end(name: str, width: int) -> str:
    """The end of a long name, from a dot or slash on where one is near."""
    if len(name) <= width:
        return name
    kept = name[-width + 1 :]
    cut = min((kept.find(mark) for mark in "./" if mark in kept), default=-1)
    return "…" + kept[cut + 1 if 0 <= cut <= width // 3 else 0 :]


def tell_warnings(texts: Sequence[str]) -> None:
    """What inspection chose or guessed: a wrong guess here makes every number wrong."""
    for text in texts:
        line(f"warning: {text}", "yellow")


def tell_checks(checks: Sequence[Json]) -> None:
    """The failed checks of a report: reasons not to believe its numbers. One that an audit shares with its hardening is
    told once.
    """
    failed = [f"{check['title']}: {check['detail']}" for check in checks if check["status"] == "fail"]
    for text in dict.fromkeys(failed):
        line(f"check failed: {text}", "red")


def tell_rules(rules: Sequence[Json]) -> None:
    """Every rule of a policy, what was measured, and why one could not be judged."""
    for rule in rules:
        actual = "unknown" if rule["actual"] is None else f"{rule['actual']:.6g}"
        why = f": {rule['detail']}" if rule.get("detail") else ""
        style = {"pass": "green", "fail": "red"}.get(rule["status"], "yellow")
        line(f"{rule['status']:<12} {_wanted(rule)} (is {actual}){why}", style)


def _wanted(rule: Json) -> str:
    """What a rule asks for; one of a newer server in the words that came."""
    from openapi.report import RuleResult

    try:
        return RuleResult.model_validate(rule, extra=NEWER).wanted()
    except ValidationError:
        return f"{rule['metric']} {rule['op']} {rule['value']}"

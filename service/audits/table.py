"""The report as one CSV table: a row for clean accuracy, each worst case, each attack and each rule of the policy.

Of an audit that ended early also one that says so (`stopped`), and one for each attack that did not run (`not_run`).
"""

import csv
import io

from openapi.audits import Stopped
from openapi.report import AttackReport, Clean, WorstCase
from openapi.text import csv_cell
from service.audits.summary import NOT_TRIED, Share, Summary

_COLUMNS = (
    "kind", "id", "threat_model", "accuracy", "correct", "n", "ci95_low", "ci95_high", "success_rate", "norm",
    "distance_mean", "distance_median", "distance_max", "forward_passes", "backward_passes", "seconds",
    "op", "value", "actual", "status",
)  # fmt: skip

#: Column → cell; a column that is missing is an empty cell.
Row = dict[str, str | float | None]


def _share(report: Summary, kind: str, block: Clean | AttackReport | WorstCase) -> Row:
    """The columns of a proportion with its interval; without numbers where nothing was attacked."""
    if not report.measured(block):
        return {"kind": kind, "status": NOT_TRIED}
    share = Share.of(block)
    low, high = share.ci95
    return {
        "kind": kind,
        "accuracy": share.accuracy,
        "correct": share.correct,
        "n": share.n,
        "ci95_low": low,
        "ci95_high": high,
    }


def _stopped(stopped: Stopped) -> list[Row]:
    """What did not run: samples that were asked for in `n`, the reason in `id`, and the attacks without a result."""
    found: list[Row] = [{"kind": "stopped", "id": stopped.reason, "n": stopped.samples, "status": str(stopped)}]
    found += [{"kind": "not_run", "id": name, "status": "not run"} for name in stopped.not_run]
    return found


def _attack(report: Summary, attack: AttackReport) -> Row:
    distance = attack.distance
    return {
        **_share(report, "attack", attack),
        "id": attack.id,
        "threat_model": attack.threat_model,
        "success_rate": attack.success_rate,
        "norm": distance.norm,
        "distance_mean": distance.mean,
        "distance_median": distance.median,
        "distance_max": distance.max,
        "forward_passes": attack.forward_passes,
        "backward_passes": attack.backward_passes,
        "seconds": attack.seconds,
    }


def from_report(data: bytes) -> bytes:
    """Write a JSON report as CSV (RFC 4180, UTF-8). An empty cell is null; accuracies are in [0, 1]."""
    report = Summary.read(data)
    rows: list[Row] = [] if report.stopped is None else _stopped(report.stopped)
    rows += [{**_share(report, "clean", report.clean), "id": "clean"}]
    rows += [{**_share(report, "worst_case", w), "threat_model": w.threat_model} for w in report.worst_case]
    rows += [_attack(report, attack) for attack in report.attacks]
    rows += [
        {"kind": "rule", "id": r.metric, "op": r.op, "value": r.value, "actual": r.actual, "status": r.status}
        for r in report.verdict.rules
    ]
    stream = io.StringIO()
    writer = csv.DictWriter(stream, _COLUMNS)
    writer.writeheader()
    for row in rows:
        writer.writerow({name: csv_cell(value) if isinstance(value, str) else value for name, value in row.items()})
    return stream.getvalue().encode()

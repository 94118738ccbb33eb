"""The report as one CSV table: a row for clean accuracy, each worst case, each attack and each rule of the policy."""

import csv
import io

from openapi.report import AttackReport, Clean, WorstCase
from openapi.text import csv_cell
from service.audits.summary import Share, Summary

_COLUMNS = (
    "kind", "id", "threat_model", "accuracy", "correct", "n", "ci95_low", "ci95_high", "success_rate", "norm",
    "distance_mean", "distance_median", "distance_max", "forward_passes", "backward_passes", "seconds",
    "op", "value", "actual", "status",
)  # fmt: skip

#: Column → cell; a column that is missing is an empty cell.
Row = dict[str, str | float | None]


def _share(kind: str, block: Clean | AttackReport | WorstCase) -> Row:
    """The columns of a proportion with its interval."""
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


def _attack(attack: AttackReport) -> Row:
    distance = attack.distance
    return {
        **_share("attack", attack),
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
    rows: list[Row] = [{**_share("clean", report.clean), "id": "clean"}]
    rows += [{**_share("worst_case", w), "threat_model": w.threat_model} for w in report.worst_case]
    rows += [_attack(attack) for attack in report.attacks]
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

"""The report as one CSV table: a row for clean accuracy, each worst case, each attack and each rule of the policy."""

import csv
import io
import json
from typing import Any

from openapi.text import csv_cell

_COLUMNS = (
    "kind", "id", "threat_model", "accuracy", "correct", "n", "ci95_low", "ci95_high", "success_rate", "norm",
    "distance_mean", "distance_median", "distance_max", "forward_passes", "backward_passes", "seconds",
    "op", "value", "actual", "status",
)  # fmt: skip


def _share(kind: str, block: dict[str, Any]) -> dict[str, Any]:
    """The columns of a proportion with its interval."""
    return {
        "kind": kind,
        "accuracy": block.get("accuracy", block.get("robust_accuracy")),
        "correct": block.get("correct", block.get("robust")),
        "n": block["n"],
        "ci95_low": block["ci95"][0],
        "ci95_high": block["ci95"][1],
    }


def _attack(block: dict[str, Any]) -> dict[str, Any]:
    distance = block.get("distance") or {}
    plain = ("id", "threat_model", "success_rate", "forward_passes", "backward_passes", "seconds")
    return {
        **_share("attack", block),
        **{name: block.get(name) for name in plain},
        "norm": distance.get("norm"),
        **{f"distance_{name}": distance.get(name) for name in ("mean", "median", "max")},
    }


def from_report(data: bytes) -> bytes:
    """Write a JSON report as CSV (RFC 4180, UTF-8). An empty cell is null; accuracies are in [0, 1]."""
    report: dict[str, Any] = json.loads(data)
    rows = [{**_share("clean", report["clean"]), "id": "clean"}]
    rows += [{**_share("worst_case", w), "threat_model": w["threat_model"]} for w in report["worst_case"]]
    rows += [_attack(attack) for attack in report["attacks"]]
    rows += [
        {"kind": "rule", "id": rule["metric"], **{name: rule[name] for name in ("op", "value", "actual", "status")}}
        for rule in report["verdict"]["rules"]
    ]
    stream = io.StringIO()
    writer = csv.DictWriter(stream, _COLUMNS)
    writer.writeheader()
    for row in rows:
        writer.writerow({name: csv_cell(value) if isinstance(value, str) else value for name, value in row.items()})
    return stream.getvalue().encode()

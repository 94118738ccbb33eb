"""`samples.jsonl`: one `openapi.audits.SampleResult` a line, in the order of the samples."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from openapi.base import JsonObject
from workers.reports.merge import AttackTable


def write_samples(path: Path, tables: Sequence[AttackTable]) -> None:
    """Write every sample's outcome under every attack.

    `distance` is None where there was no success, `queries` where the attack does not count them.
    """
    correct = np.logical_and.reduce([t.correct for t in tables]).tolist()
    index, label, predicted = (getattr(tables[0], name).tolist() for name in ("index", "label", "predicted"))
    outcomes = {t.id: _outcomes(t) for t in tables}
    with path.open("w", encoding="utf-8") as stream:
        for i in range(tables[0].n):
            line = {
                "index": index[i],
                "label": label[i],
                "predicted": predicted[i],
                "correct": correct[i],
                "attacks": {identity: rows[i] for identity, rows in outcomes.items()},
            }
            stream.write(json.dumps(line, separators=(",", ":"), allow_nan=False) + "\n")


def _outcomes(table: AttackTable) -> list[JsonObject]:
    known = (table.success & np.isfinite(table.distance)).tolist()
    columns = zip(
        table.success.tolist(),
        table.adv_predicted.tolist(),
        known,
        table.distance.tolist(),
        table.confidence.tolist(),
        table.queries.tolist(),
        strict=True,
    )
    return [
        {
            "success": success,
            "predicted": predicted,
            "distance": distance if measured else None,
            "confidence": confidence,
            "queries": queries if queries >= 0 else None,
        }
        for success, predicted, measured, distance, confidence, queries in columns
    ]

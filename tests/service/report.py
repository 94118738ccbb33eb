"""A small report and a small comparison that are whole, as a worker leaves them."""

from typing import Any

from openapi.report import Report
from openapi.stages.comparison import Comparison
from openapi.threat_models import ThreatModel

_THREAT = ThreatModel(kind="ball", norm="linf", eps=0.1).model_dump(mode="json")
_SHARE: dict[str, Any] = {"robust_accuracy": 0.5, "robust": 5, "n": 10, "ci95": [0.2, 0.8]}

#: As the contract writes it; only the numbers are made up.
REPORT: dict[str, Any] = Report.model_validate(
    {
        "id": "aud_0",
        "created_at": "2026-11-27T00:00:00Z",
        "model": {
            "id": "mdl_0", "sha256": "ab", "format": "onnx", "name": "m", "num_parameters": 123, "num_classes": 3,
            "input": {"shape": [1, 8, 8]}, "labels": ["cat", "dog", "owl"],
        },
        "dataset": {"id": "dst_0", "sha256": "cd", "name": "d", "num_samples": 10, "evaluated": 10, "split": "test"},
        "config": {"labels": {"team": "vision"}},
        "definitions": {"robust_accuracy": "correct and not fooled"},
        "environment": {"device": "cpu", "versions": {"torch": "2.13.0"}},
        "clean": {"accuracy": 0.5, "correct": 5, "n": 10, "ci95": [0.2, 0.8]},
        "attacks": [
            {
                **_SHARE, "id": "fgsm", "name": "fgsm", "threat_model": "linf eps=0.1", "threat": _THREAT,
                "params": {"eps": 0.1},
                "success_rate": 0.0, "distance": {"norm": "linf", "mean": None, "median": None, "max": None},
                "forward_passes": 2.0, "backward_passes": 1.0, "seconds": 1.5,
            }
        ],
        "worst_case": [{**_SHARE, "threat_model": "linf eps=0.1", "threat": _THREAT, "attacks": ["fgsm"]}],
        "checks": [{"id": "steps", "title": "More steps", "status": "fail", "detail": "they help"}],
        "neurons": None,
        "regions": None,
        "explain": None,
        "hardening": None,
        "verdict": {
            "status": "fail",
            "rules": [
                {"metric": "clean.accuracy", "op": ">=", "value": 0.9, "actual": 0.5, "status": "fail"},
                {"metric": "clean.n", "op": ">=", "value": 1, "actual": 10, "status": "pass"},
                {"metric": "no.such", "op": ">=", "value": 1, "actual": None, "status": "inconclusive"},
            ],
        },
        "artifacts": [],
        "timings": {"attack": 1.5},
    }
).model_dump(mode="json", by_alias=True)  # fmt: skip

_SIDE = {name: REPORT[name] for name in ("clean", "attacks", "worst_case")}

#: Before against after hardening, as a worker leaves it.
COMPARISON: dict[str, Any] = Comparison.model_validate(
    {
        "before": _SIDE,
        "after": _SIDE,
        "clean_drop": 0.0,
        "gains": [
            {
                "threat_model": "linf eps=0.1", "before": 5, "after": 5, "n": 10, "gain": 0.0, "gained": 1, "lost": 1,
                "beyond_chance": False,
            }
        ],
        "rules": [],
        "checks": [],
    }
).dump()  # fmt: skip

"""Shard files with known numbers, as the attack and neurons jobs leave them."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from openapi.attack_ids import attack_ids
from openapi.attacks.base import Attack
from openapi.stages.report import ReportParams
from workers.neurons.sums import LayerBatch, SensitivitySums
from workers.reports.build import Built, build_report
from workers.reports.merge import AttackTable, merge_attacks

LAYERS = [
    {"name": "conv.0", "kind": "conv", "neurons": 20, "shape": [20, 4, 4], "depth": 0, "norm_folded": True},
    {"name": "head", "kind": "linear", "neurons": 10, "shape": [10], "depth": 1},
]


def build(params: dict[str, Any], inputs: dict[str, Path]) -> Built:
    """Build a report from the JSON of its parameters."""
    return build_report(ReportParams.model_validate(params), inputs)


def merged(params: dict[str, Any], inputs: dict[str, Path]) -> list[AttackTable]:
    """The attacks' tables of a report."""
    read = ReportParams.model_validate(params)
    return merge_attacks(read.attacks, read.slices, inputs, read.values)


class Planted:
    """n samples of 10 classes, some misclassified, and attacks whose victims are known."""

    def __init__(self, folder: Path, n: int = 60, clean: float = 0.9) -> None:
        self.folder, self.n = folder, n
        rng = np.random.default_rng(5)
        self.label = rng.integers(0, 10, n)
        self.correct = np.arange(n) % 10 < round(10 * clean)
        self.predicted = np.where(self.correct, self.label, (self.label + 1) % 10)
        self.inputs: dict[str, Path] = {}
        self.values: dict[str, dict[str, Any]] = {}

    def attack(
        self,
        i: int,
        fooled: Any,
        cuts: list[tuple[int, int]],
        prefix: str = "",
        correct: Any = None,
        *,
        queries: int = -1,
        **value: Any,
    ) -> None:
        """Write the slices of attack i; `fooled` (n,) says whom it fools (misclassified samples are left alone)."""
        correct = self.correct if correct is None else np.asarray(correct)
        success = np.asarray(fooled) & correct
        predicted = np.where(correct, self.label, (self.label + 1) % 10)
        distance = np.where(success, 0.01 * (1 + np.arange(self.n) % 3), np.nan)
        for j, (a, b) in enumerate(cuts):
            s = slice(a, b)
            path = self.folder / f"{prefix}{i}.{j}.{len(cuts)}.npz"
            np.savez(
                path,
                index=np.arange(a, b),
                label=self.label[s],
                predicted=predicted[s],
                correct=correct[s],
                attacked=correct[s],
                success=success[s],
                adv_predicted=np.where(success, (self.label + 3) % 10, predicted)[s],
                distance=distance[s],
                confidence=np.linspace(0.2, 0.9, self.n, dtype=np.float32)[s],
                queries=np.full(b - a, queries),
                clean_confidence=np.full(b - a, 0.75, np.float32),
            )
            name = f"{prefix}samples.{i}.{j}"
            self.inputs[name] = path
            self.values[name] = {
                "clean_correct": int(correct[s].sum()),
                "attacked": int(correct[s].sum()),
                "success": int(success[s].sum()),
                "forward_passes": 20 * (b - a),
                "backward_passes": 19 * (b - a),
                "seconds": 0.5 * (b - a),
                "figures": {"zero_gradients": 0, "bad_gradients": 0, "success_by_step": [0, int(success[s].sum()), 0]},
                "num_classes": 10,
                "randomised": False,
                **value,
            }

    def sums(self, cuts: list[tuple[int, int]]) -> None:
        """Neuron m of conv.0 moves by m + 1 on every sample, of 10 (m + 1) that it has; neuron 0 of head is dead."""
        for j, (a, b) in enumerate(cuts):
            move = np.tile(np.arange(1.0, 21.0), (b - a, 1))
            unit = np.tile(np.arange(0.0, 10.0), (b - a, 1))
            sums = SensitivitySums()
            sums.add({"conv.0": LayerBatch(move, 10 * move, 16), "head": LayerBatch(unit, 2 * unit, 1)})
            self.inputs[f"sums.{j}"] = self.folder / f"sums.{j}.{len(cuts)}.npz"
            sums.save(self.inputs[f"sums.{j}"])
            self.values[f"sums.{j}"] = {"n": b - a, "layers": ["conv.0", "head"], "taps": {}, "seconds": 0.1}

    def params(self, specs: Sequence[Attack], cuts: list[tuple[int, int]], **more: Any) -> dict[str, Any]:
        named = [
            s.model_copy(update={"id": i}).model_dump(mode="json")
            for s, i in zip(specs, attack_ids(specs), strict=True)
        ]
        request = {"model_id": "mdl_1", "dataset_id": "dst_1", "attacks": named, **more.pop("request", {})}
        return {
            "kind": "audit",
            "job_id": "aud_1",
            "created_at": "2026-11-21T10:00:00+00:00",
            "model": {
                "id": "mdl_1",
                "sha256": "a" * 64,
                "format": "onnx",
                "name": "net",
                "num_parameters": 1234,
                "input": {"shape": [1, 4, 4]},
                "num_classes": 10,
                "labels": None,
                "layers": LAYERS,
            },
            "dataset": {
                "id": "dst_1",
                "sha256": "b" * 64,
                "name": "set",
                "num_samples": 100,
                "evaluated": self.n,
                "labels": [f"class {c}" for c in range(10)],
                "split": "test",
            },
            "request": request,
            "attacks": named,
            "slices": [list(c) for c in cuts],
            "values": self.values,
            "training": None,
            "environment": {"device": "cpu", "versions": {"numpy": "2"}, "seed": 0},
            "timings": {"attack": 1.5},
            "hardening": None,
            "artifacts": [],
            **more,
        }

"""A whole audit in one process: the real plan of the service, its steps done by the real stages of the workers.

What is left out is what carries a step from one to the other: database, queue, blob store and sandbox.
"""

import hashlib
import json
import shutil
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from openapi.audits import AuditRequest
from openapi.datasets import DatasetInspection
from openapi.models import ModelInspection
from openapi.stages.base import Stage
from openapi.status import JobKind
from openapi.wire.jobs import Blob, Environment, Limits, OutputFile, Pace, Shard, ShardResult
from service.orchestrator.job_kinds.audit import extend, named
from service.orchestrator.plan import Done, Known, Step, resolved
from service.orchestrator.requests import stored, with_attacks
from service.orchestrator.subjects import DatasetSubject, ModelSubject, Part
from workers.jobs.context import JobContext
from workers.jobs.running import run_stage

_NOW = datetime(2026, 11, 27, tzinfo=UTC)


@dataclass
class Audited:
    """What an audit left. `steps`: the plan; `results`: by the names of the steps; `files`: of its report, by key."""

    report: dict[str, Any]
    html: str
    steps: list[Step]
    results: Mapping[str, ShardResult]
    files: Mapping[str, Path]
    paths: Mapping[str, Path] = field(default_factory=dict)

    def check(self, name: str) -> dict[str, Any]:
        """A check of the report by its id."""
        found: dict[str, Any] = next(check for check in self.report["checks"] if check["id"] == name)
        return found


class InProcess:
    """A model and a data set, audited in this process as often as wanted. Equal shards are done once.

    masks: name → (n, h, w) of masks that come with the images. identity: what the audits are called.
    """

    def __init__(
        self,
        folder: Path,
        net: nn.Module,
        x: npt.NDArray[np.uint8],
        y: npt.NDArray[np.int64],
        masks: Mapping[str, npt.NDArray[np.bool_]] | None = None,
        identity: str = "aud_1",
    ) -> None:
        self._folder, self.identity = folder, identity
        self._paths: dict[str, Path] = {}
        self._known: dict[str, ShardResult] = {}
        self._count = 0
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            torch.jit.trace(net.eval(), torch.rand(2, *x.shape[1:])).save(str(folder / "model.pt"))
        blob = self._take(folder / "model.pt")
        spec = {"format": "torchscript", "input": {"shape": list(x.shape[1:])}}
        inspected = self._run(Stage.INSPECT_MODEL, {"file": blob}, {**spec, "filename": "model.pt"}, Pace())
        self.model = ModelSubject(
            "mdl_1", "net", blob.sha256, blob.size, ModelInspection.model_validate(inspected.value)
        )
        self.data = self._dataset("dst_1", x, y, masks)
        self.others: dict[str, DatasetSubject] = {}

    def add(
        self,
        name: str,
        x: npt.NDArray[np.uint8],
        y: npt.NDArray[np.int64],
        masks: Mapping[str, npt.NDArray[np.bool_]] | None = None,
    ) -> None:
        """Add another data set, by its id, that audits may name."""
        self.others[name] = self._dataset(name, x, y, masks)

    def _dataset(
        self,
        name: str,
        x: npt.NDArray[np.uint8],
        y: npt.NDArray[np.int64],
        masks: Mapping[str, npt.NDArray[np.bool_]] | None,
    ) -> DatasetSubject:
        arrays: dict[str, npt.NDArray[Any]] = {"x": x, "y": y}
        if masks:
            arrays["masks"] = np.stack([*masks.values()], 1)
        files = {}
        for kind, values in arrays.items():
            path = self._folder / f"{name}.{kind}.npy"
            np.save(path, values)
            files[kind] = OutputFile(name=kind, kind="data", format="npy", blob=self._take(path))
        counts = np.bincount(y).tolist()
        classes = max(len(counts), self.model.inspection.num_classes) if name == "dst_1" else len(counts)
        found = {"num_samples": len(x), "shape": list(x.shape[1:]), "dtype": "uint8", "num_classes": classes}
        concepts = list(masks) if masks else None
        inspection = DatasetInspection.model_validate({**found, "class_counts": counts, "concepts": concepts})
        return DatasetSubject(name, "set", "d" * 64, 1, inspection, files=files)

    def audit(self, *, slice_size: int = 1000, batch_size: int | None = None, **request: Any) -> Audited:
        """Plan the audit and do it, step by step."""
        body = {"model_id": "mdl_1", "dataset_id": "dst_1", "execution": {"batch_size": batch_size}, **request}
        asked = AuditRequest.model_validate(stored(with_attacks(AuditRequest.model_validate(body))))
        planned: list[Step] = []
        done: dict[str, Done] = {}
        while True:
            datasets = {Part.EVAL: self.data, **{part: self.others[name] for part, (name, _) in named(asked).items()}}
            known = Known(
                self.identity, JobKind.AUDIT, _NOW, _NOW, asked, self.model, datasets,
                frozenset(step.name for step in planned), done, slice_size,
            )  # fmt: skip
            more = extend(known)
            if more.ending is not None:
                break
            assert more.steps
            planned += more.steps
            self._do([*more.steps], done)
        last = done["report"].result
        files = {key: self._paths[file.blob.sha256] for key, file in last.files.items()}
        report = json.loads(files["report"].read_text())
        results = {name: step.result for name, step in done.items()}
        return Audited(report, files["html"].read_text(), planned, results, files, self._paths)

    def _do(self, waiting: list[Step], done: dict[str, Done]) -> None:
        while waiting:
            step = next(step for step in waiting if all(name in done for name in step.waits_for))
            waiting.remove(step)
            results = {name: row.result for name, row in done.items()}
            shard = resolved(step.message("aud_1", "shd_1", Limits()), step.needs(), results)
            # Every message goes as JSON, as it does over the queue.
            shard = Shard.model_validate_json(shard.model_dump_json())
            if shard.result_key not in self._known:
                found = self._run(shard.stage, shard.inputs, shard.params, shard.execution)
                self._known[shard.result_key] = found
            done[step.name] = Done(step.phase, step.name, step.stage, self._known[shard.result_key])

    def forget(self) -> None:
        """Do every shard anew."""
        self._known.clear()

    def _take(self, path: Path) -> Blob:
        data = path.read_bytes()
        sha = hashlib.sha256(data).hexdigest()
        self._paths[sha] = path
        return Blob(sha256=sha, size=len(data))

    def _run(self, stage: Stage, inputs: Mapping[str, Blob], params: dict[str, Any], execution: Pace) -> ShardResult:
        self._count += 1
        scratch = self._folder / f"{self._count:05d}"
        scratch.mkdir()
        paths = {name: self._paths[blob.sha256] for name, blob in inputs.items()}
        ctx = JobContext(paths, params, scratch, execution=execution)
        value = run_stage(stage, ctx)
        files = {}
        for key, left in ctx.files.items():
            kept = self._folder / f"{self._count:05d}.{key}"
            shutil.copyfile(left.path, kept)
            files[key] = OutputFile(name=left.name, kind=left.kind, format=left.format, blob=self._take(kept))
        shutil.rmtree(scratch)
        return ShardResult(value=json.loads(json.dumps(value)), files=files, environment=Environment(device="cpu"))

"""The shipped example in a real service: every shard is done by the workers' own code, in this process."""

import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

import httpx

from deploy.demo.run import CLASSES, INPUT
from openapi.wire.jobs import Shard
from tests.service.worker import PATIENCE, ProtocolWorker
from workers.jobs.context import JobContext
from workers.jobs.running import run_stage

DEMO = Path(__file__).parents[2] / "deploy" / "demo"
_ATTACK = {"name": "pgd", "eps": 0.05, "steps": 10}
#: What the case study asks for.
REQUEST: dict[str, Any] = {
    "attacks": [_ATTACK],
    "max_samples": 100,
    "keep_examples": True,
    "neurons": {"steps": 5, "vulnerability": {"attack": _ATTACK, "window": "auto"}},
    "explain": {"attack": _ATTACK, "max_samples": 25},
    "regions": {"segments": 8, "values": "minmax", "budget": 0.25, "max_samples": 24},
    "labels": {"demo": "true"},
    "execution": {"shards": 1},
}
_HARDEN: dict[str, Any] = {
    "method": "sns", "eps": 0.05, "steps": 2, "epochs": 1, "max_samples": 400, "pairs": 50, "lambda": 0.05,
    "lr": 0.003,
    "scrutiny": {"max_samples": 30, "autoattack": False, "more_steps": 1, "transfer": False, "straight_through": False},
}  # fmt: skip


def audited(api: httpx.Client, worker: ProtocolWorker, folder: Path) -> str:
    """Upload model and data, audit and harden; returns the audit's id."""
    model = _upload(api, "models", "small_vgg.onnx", {**INPUT, "name": "small_vgg", "labels": CLASSES})
    holdout, train = (_upload(api, "datasets", f"{name}.npz", {"name": name}) for name in ("holdout", "train"))
    body = {"model_id": model, "dataset_id": holdout, **REQUEST, "harden": {**_HARDEN, "train_dataset_id": train}}
    answer = api.post("/v1/audits", json=body)
    assert answer.status_code == 202, answer.text
    identity = str(answer.json()["id"])
    idle = 0.0
    while (found := api.get(f"/v1/audits/{identity}").json())["finished_at"] is None:
        waiting = worker.waiting(0.2)
        idle = 0.0 if waiting else idle + 0.2
        assert idle < PATIENCE, f"no shard comes: {found}"
        for shard in waiting:
            carry_out(worker, shard, folder)
    assert found["status"] == "succeeded", found
    return identity


def carry_out(worker: ProtocolWorker, shard: Shard, folder: Path) -> None:
    """Do what a shard asks for, and report it."""
    worker.tell(shard, "started")
    inputs = {}
    for name, blob in shard.inputs.items():
        inputs[name] = folder / blob.sha256
        if not inputs[name].exists():
            inputs[name].write_bytes(worker.blobs.read(blob.sha256))
    scratch = Path(tempfile.mkdtemp(dir=folder))
    context = JobContext(inputs, shard.params, scratch, execution=shard.execution)
    value = json.loads(json.dumps(run_stage(shard.stage, context)))
    files = {
        key: worker.file(left.name, left.kind, left.format, left.path.read_bytes())
        for key, left in context.files.items()
    }
    worker.succeed(shard, value, **files)
    shutil.rmtree(scratch)


def _upload(api: httpx.Client, kind: str, name: str, metadata: dict[str, Any]) -> str:
    part = {"metadata": (None, json.dumps(metadata))}
    answer = api.post(f"/v1/{kind}", files={"file": (name, (DEMO / name).read_bytes()), **part})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])

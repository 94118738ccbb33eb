"""Audits through `tremor serve`, confined as ever: one with neurons and hardening, one with too little memory."""

import tempfile
import time
from pathlib import Path
from typing import Any

import httpx

from service.embedded import EmbeddedService
from tests.tools.gpu.nets import DEMO
from tests.tools.gpu.scale import Scale

_INPUT = '{"input": {"mean": [0.286], "std": [0.353]}}'
_SECONDS = 240.0
#: Enough to look at an upload, and too few for an attack on a thousand images, or for a device's runtime.
_FEW_BYTES = 16 * 2**20


def audited(scale: Scale) -> dict[str, Any]:
    """Audit and harden the shipped network; what the report says of device, sandbox and results."""
    with tempfile.TemporaryDirectory() as folder:
        env = {"TREMOR_DEVICE": scale.device.type}
        with EmbeddedService(Path(folder) / "data", env=env) as service:
            with httpx.Client(base_url=service.url, timeout=60) as http:
                began = time.monotonic()
                ready = http.get("/health/ready").json()
                job = _finished(http, _request(http, scale))
                found: dict[str, Any] = {
                    "status": job["status"], "problem": job.get("problem"), "seconds": time.monotonic() - began,
                    "ready": ready,
                }  # fmt: skip
                if job["status"] == "succeeded":
                    found |= _said(http.get(f"/v1/audits/{job['id']}/report").json())
            if job["status"] != "succeeded":
                logs = sorted(service.logs.glob("*.log"))
                found["logs"] = {log.name: log.read_text(errors="replace")[-2000:] for log in logs}
    return found | {"failed": _failed(found, scale)}


def limited(scale: Scale) -> dict[str, Any]:
    """Attack with less memory than a device's own runtime takes: the job must end as such, and the worker go on."""
    with tempfile.TemporaryDirectory() as folder:
        env = {"TREMOR_DEVICE": scale.device.type, "TREMOR_MEMORY_BYTES": str(_FEW_BYTES)}
        service = EmbeddedService(Path(folder) / "data", env=env)
        with service, httpx.Client(base_url=service.url, timeout=60) as http:
            attacks = [{"name": "apgd", "eps": 0.1, "steps": scale.steps}]
            job = _finished(http, {"attacks": attacks, "neurons": None, **_uploaded(http)})
            ready = http.get("/health/ready").status_code
    kind = str((job.get("problem") or {}).get("type")).rpartition("/")[2]
    failed = [] if kind == "memory-limit" else [f"the audit ended {job['status']} ({kind}) with {_FEW_BYTES} bytes"]
    failed += [] if ready == 200 else [f"afterwards the service answered {ready}"]
    return {"status": job["status"], "problem": job.get("problem"), "bytes": _FEW_BYTES, "failed": failed}


def _upload(http: httpx.Client, kind: str, name: str, metadata: str = "{}") -> str:
    with (DEMO / name).open("rb") as file:
        answer = http.post(f"/v1/{kind}", files={"file": (name, file)}, data={"metadata": metadata})
    answer.raise_for_status()
    return str(answer.json()["id"])


def _uploaded(http: httpx.Client) -> dict[str, str]:
    model, data = _upload(http, "models", "small_vgg.onnx", _INPUT), _upload(http, "datasets", "holdout.npz")
    return {"model_id": model, "dataset_id": data}


def _request(http: httpx.Client, scale: Scale) -> dict[str, Any]:
    subjects, train = _uploaded(http), _upload(http, "datasets", "train.npz")
    harden = {
        "train_dataset_id": train, "method": "sns", "eps": 0.1, "steps": 3, "epochs": 2 if scale.large else 1,
        "pairs": 100, "max_samples": 4000 if scale.large else 200,
    }  # fmt: skip
    attacks = [
        {"name": "pgd", "eps": 0.1, "steps": scale.steps},
        {"name": "square", "eps": 0.1, "queries": scale.queries},
    ]
    samples = 1000 if scale.large else 20
    return {
        **subjects, "attacks": attacks, "harden": harden, "max_samples": samples,
        "neurons": {"max_samples": min(200, samples)},
    }  # fmt: skip


def _finished(http: httpx.Client, request: dict[str, Any]) -> dict[str, Any]:
    answer = http.post("/v1/audits", json=request)
    answer.raise_for_status()
    job: dict[str, Any] = answer.json()
    deadline = time.monotonic() + _SECONDS
    while job["status"] not in ("succeeded", "failed", "cancelled") and time.monotonic() < deadline:
        job = http.get(f"/v1/audits/{job['id']}", params={"wait": 20}).json()
    return job


def _said(report: dict[str, Any]) -> dict[str, Any]:
    after = (report["hardening"] or {}).get("after") or {}
    return {
        "environment": report["environment"],
        "robust": {a["id"]: a["robust_accuracy"] for a in report["attacks"]},
        "robust_after": {a["id"]: a["robust_accuracy"] for a in after.get("attacks", ())},
        "layers": len(report["neurons"]["layers"]),
        "checks_failed": [c["id"] for c in report["checks"] if c["status"] == "fail"],
        "timings": report["timings"],
    }


def _failed(found: dict[str, Any], scale: Scale) -> list[str]:
    if found["status"] != "succeeded":
        return [f"the audit ended {found['status']}: {found['problem']}"]
    device = str(found["environment"].get("device"))
    failed = [] if device.startswith(scale.device.type) else [f"the audit ran on {device}"]
    if scale.on_gpu and not any(worker.get("gpu_memory") for worker in found["ready"].get("workers", ())):
        failed.append("no worker tells of its GPU's memory")
    return failed

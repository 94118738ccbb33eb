"""One audit with neurons and hardening through `tremor serve`, its jobs confined as ever."""

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


def _request(http: httpx.Client, scale: Scale) -> dict[str, Any]:
    def upload(kind: str, name: str, metadata: str = "{}") -> str:
        with (DEMO / name).open("rb") as file:
            answer = http.post(f"/v1/{kind}", files={"file": (name, file)}, data={"metadata": metadata})
        answer.raise_for_status()
        return str(answer.json()["id"])

    model, data = upload("models", "small_vgg.onnx", _INPUT), upload("datasets", "holdout.npz")
    train = upload("datasets", "train.npz")
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
        "model_id": model, "dataset_id": data, "attacks": attacks, "harden": harden, "max_samples": samples,
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
    return [] if device.startswith(scale.device.type) else [f"the audit ran on {device}"]

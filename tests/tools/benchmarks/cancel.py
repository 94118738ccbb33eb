"""How soon a cancelled audit has ended, and with it every process that worked on it, in the middle of each analysis.

One worker, the demo's net and held-out images, each analysis with its defaults, cancelled a second after it has begun.

    python -m tests.tools.benchmarks.cancel [--times 3]
"""

import argparse
import os
import tempfile
import time
from pathlib import Path
from typing import Any

from openapi.analyses import OWN, further
from tests.tools.benchmarks.service.subject import Serve, serving, until

INPUT = {"shape": [1, 28, 28], "mean": [0.286], "std": [0.353]}


def requests() -> dict[str, dict[str, Any]]:
    """Phase → what asks for it."""
    of_neurons: dict[str, dict[str, Any]] = {analysis.path: {"neurons": {analysis.name: {}}} for analysis in further()}
    return {**of_neurons, **{name: {"neurons": None, name: {}} for name in OWN}}


def jobs(service: Serve) -> int:
    """How many confined children live."""
    return len([child for child in service.find("workers.sandbox.forkserver").children() if child.is_running()])


def cancelled(service: Serve, ids: dict[str, str], phase: str, body: dict[str, Any], seed: int) -> tuple[float, float]:
    """Seconds from the request to cancel until the audit is `cancelled`, and until no process works any more."""
    request = {**ids, "attacks": [{"name": "fgsm", "eps": 0.1}], "seed": seed, **body}
    answer = service.http.post("/v1/audits", json=request)
    answer.raise_for_status()
    path = f"/v1/audits/{answer.json()['id']}"
    until(lambda: service.http.get(path).json()["phase"] == phase and jobs(service))
    time.sleep(1)
    found = service.http.get(path).json()
    if (found["status"], found["phase"]) != ("running", phase):
        raise RuntimeError(f"{phase} was over after a second: {found['status']}")
    begin = time.perf_counter()
    service.http.post(f"{path}/cancel").raise_for_status()
    until(lambda: service.http.get(path).json()["status"] == "cancelled")
    told = time.perf_counter() - begin
    until(lambda: not jobs(service))
    return told, time.perf_counter() - begin


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder), 1) as service:
        until(lambda: service.workers_ready(1))
        ids = {
            "model_id": service.upload("models", "small_vgg.onnx", input=INPUT),
            "dataset_id": service.upload("datasets", "holdout.npz"),
        }
        until(lambda: all(service.ready(f"{kind}s", ids[f"{kind}_id"]) for kind in ("model", "dataset")))
        print(f"load {os.getloadavg()[0]:.1f}")
        print("| cancelled in | longest until cancelled | until nothing runs |\n|---|---|---|")
        for phase, body in requests().items():
            found = [cancelled(service, ids, phase, body, seed) for seed in range(options.times)]
            told, gone = (max(part) for part in zip(*found, strict=True))
            print(f"| {phase} | {told:.2f} s | {gone:.2f} s |", flush=True)


if __name__ == "__main__":
    main()

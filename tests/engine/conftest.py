"""Real servers for the engine's tests: Valkey from its wheel, S3 from moto."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from openapi.wire.settings import Settings
from service.embedded.broker import Broker


@pytest.fixture(scope="session")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    with Broker(tmp_path_factory.mktemp("broker")) as running:
        yield running


@pytest.fixture
def settings(tmp_path: Path, broker: Broker) -> Settings:
    broker.flush()
    return Settings(data_dir=tmp_path / "data", redis_url=broker.url, device="cpu", sandbox="auto")

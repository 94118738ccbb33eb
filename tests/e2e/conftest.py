"""One embedded service for the session, and what the end-to-end tests do with it."""

from collections.abc import Iterator

import pytest

from service.embedded import EmbeddedService
from tests.e2e.client import Client

#: A lost worker is noticed soon, so that the tests that kill one need not wait.
IMPATIENT = {"TREMOR_LEASE_SECONDS": "5", "TREMOR_HEARTBEAT_SECONDS": "0.5", "TREMOR_THREADS": "1"}


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedService]:
    with EmbeddedService(tmp_path_factory.mktemp("service"), env=IMPATIENT) as running:
        yield running


@pytest.fixture(scope="session")
def client(service: EmbeddedService) -> Iterator[Client]:
    with Client(service.url) as made:
        yield made

"""The compose topology, for as long as a module needs it, and the client of the end-to-end tests on it."""

from collections.abc import Iterator

import pytest

from tests.deploy.topology import Topology, running
from tests.e2e.client import Client


@pytest.fixture(scope="module")
def topology(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Topology]:
    with running(tmp_path_factory.mktemp("topology")) as found:
        yield found


@pytest.fixture(scope="module")
def client(topology: Topology) -> Iterator[Client]:
    with topology.client() as made:
        yield made

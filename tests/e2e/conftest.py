"""One service for the session, and what the end-to-end tests do with it.

It is the embedded one. With ``pytest tests/e2e --topology compose`` it is the compose file's processes (two APIs that
take turns, two workers, PostgreSQL, Valkey, S3), and every test runs on it that asks for no more than HTTP: those that
reach for the embedded service's own processes, or start one, are left out.
"""

import shutil
from collections.abc import Callable, Iterator

import pytest

from service.embedded import EmbeddedService
from tests.e2e.client import Client

#: A lost worker is noticed soon, so that the tests that kill one need not wait.
IMPATIENT = {"TREMOR_LEASE_SECONDS": "5", "TREMOR_HEARTBEAT_SECONDS": "0.5", "TREMOR_THREADS": "1"}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On the compose file's processes run the tests that need nothing but HTTP."""
    if config.getoption("topology") == "compose":
        ours = [item for item in items if item.path.parent.name == "e2e" and not needs_only_http(item)]
        config.hook.pytest_deselected(items=ours)
        items[:] = [item for item in items if item not in ours]


def needs_only_http(item: pytest.Item) -> bool:
    """Whether a test runs on any service that it is given the client of."""
    asked = set(getattr(item, "fixturenames", ()))
    return "client" in asked and "service" not in asked and item.get_closest_marker("embedded") is None


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedService]:
    with EmbeddedService(tmp_path_factory.mktemp("service"), env=IMPATIENT) as running:
        yield running


def forget_results(service: EmbeddedService) -> None:
    """Results are found again by content: have the work done anew."""
    shutil.rmtree(service.data_dir / "blobs" / "results", ignore_errors=True)


@pytest.fixture(scope="session")
def tested(request: pytest.FixtureRequest) -> Iterator[tuple[Client, Callable[[], None]]]:
    """A client of the service that is tested, and what has it forget results."""
    if request.config.getoption("topology") == "compose":
        from tests.deploy.topology import running

        with running(request.getfixturevalue("tmp_path_factory").mktemp("topology")) as found, found.client() as made:
            yield made, found.forget_results
    else:
        embedded: EmbeddedService = request.getfixturevalue("service")
        with Client(embedded.url) as made:
            yield made, lambda: forget_results(embedded)


@pytest.fixture(scope="session")
def client(tested: tuple[Client, Callable[[], None]]) -> Client:
    return tested[0]


@pytest.fixture(scope="session")
def forget(tested: tuple[Client, Callable[[], None]]) -> Callable[[], None]:
    """Has the service forget results, so that work is done anew."""
    return tested[1]

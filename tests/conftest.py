"""What every test shares, decided before torch is imported anywhere."""

import os
import signal

import pytest
from hypothesis import HealthCheck, settings

# Under `nohup` every process that a test starts would ignore the hang-up that it is sent.
if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
    signal.signal(signal.SIGHUP, signal.SIG_DFL)

# What a developer's shell sets for the service (its address, a key, limits) is not meant for those that tests start.
for name in [name for name in os.environ if name.startswith("TREMOR_") and name != "TREMOR_PICTURES"]:
    del os.environ[name]

# Waiting threads must sleep, or two processes on one machine slow each other five times.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ.setdefault("GOMP_SPINCOUNT", "0")
# Each of several test processes has a core.
if "PYTEST_XDIST_WORKER" in os.environ:
    os.environ.setdefault("OMP_NUM_THREADS", "1")

# A shell ignores Ctrl-C for what it starts in the background, and so would every process that the tests start.
if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# No timing decides a test. In CI the same examples every time: a change is judged by what it changed, while every run
# of a developer searches anew.
settings.register_profile("developer", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", settings.get_profile("developer"), derandomize=True, database=None)
settings.load_profile("ci" if os.environ.get("CI") else "developer")

#: What a test asks for when a server has to run: Valkey, PostgreSQL, the service, the process that stays warm.
_SERVERS = {"broker", "topology", "postgres", "s3", "service", "server", "client", "url"}


def pytest_addoption(parser: pytest.Parser) -> None:
    """Which service the end-to-end tests run on."""
    parser.addoption("--topology", choices=("embedded", "compose"), default="embedded", help="what tests/e2e run on")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Processes of `make test`: each has servers and trained nets of its own, so that more than four cost more."""
    return min(len(os.sched_getaffinity(0)), 4)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs servers: by the fixtures it asks for, and all that runs end to end."""
    for item in items:
        if _SERVERS & set(getattr(item, "fixturenames", ())) or "e2e" in item.path.parts:
            item.add_marker(pytest.mark.servers)

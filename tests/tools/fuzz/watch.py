"""The long-lived processes of an embedded service: which they are, whether they live, how much memory they hold."""

import time
from dataclasses import dataclass

import psutil

from service.embedded import EmbeddedService


@dataclass(frozen=True)
class Person:
    """One long-lived process; two are the same when number and time of birth are."""

    role: str
    pid: int
    born: float

    @property
    def memory(self) -> int:
        """Resident bytes; 0 when it has ended."""
        try:
            return int(psutil.Process(self.pid).memory_info().rss)
        except psutil.NoSuchProcess:
            return 0


def household(service: EmbeddedService, workers: int, patience: float = 240.0) -> list[Person]:
    """Supervisor, broker, API, and of each worker Celery's process, its pool's process and the warm server.

    Waits until all of them are there.
    """
    wanted = 3 + 3 * workers
    deadline = time.monotonic() + patience
    while True:
        found = sorted(_members(service), key=lambda person: (person.role, person.pid))
        if len(found) == wanted:
            return found
        assert time.monotonic() < deadline, found
        time.sleep(0.1)


def _members(service: EmbeddedService) -> list[Person]:
    assert service.process is not None
    parent = psutil.Process(service.process.pid)
    found = [Person("supervisor", parent.pid, parent.create_time())]
    try:
        for child in parent.children():
            line = " ".join(child.cmdline())
            role = "worker" if "celery" in line else "broker" if "valkey" in line else "api"
            if "launch.py" in line or "service.cli.main worker" in line:
                continue  # not yet what it is going to be
            found.append(Person(role, child.pid, child.create_time()))
            for pool in child.children() if role == "worker" else ():
                found.append(Person("pool", pool.pid, pool.create_time()))
                for warm in pool.children():
                    if "workers.sandbox.forkserver" in " ".join(warm.cmdline()):
                        found.append(Person("warm server", warm.pid, warm.create_time()))
    except psutil.NoSuchProcess:
        return []  # somebody vanished while it was asked: look again
    return found


def memory(people: list[Person]) -> dict[str, int]:
    """Resident bytes by role, the largest of each."""
    return {role: max(p.memory for p in people if p.role == role) for role in {p.role for p in people}}

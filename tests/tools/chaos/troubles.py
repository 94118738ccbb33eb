"""What may happen: each trouble does its worst at the moment in which it is called, and says what it did."""

import json
import os
import signal
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from random import Random

import psutil

from tests.corpus.malicious import CORPUS
from tests.tools.chaos.place import Child, Place
from tests.tools.chaos.store import Mood

#: Takes the place and the dice; returns what was done, None where there was nothing to do it to.
Trouble = Callable[[Place, Random], str | None]

_POISON = next(malice for malice in CORPUS if malice.slug.startswith("memory-limit"))
_CLOCKS = (-7200, -60, 60, 7200)


def _kill(process: psutil.Process, what: str) -> str | None:
    with suppress(psutil.NoSuchProcess):
        process.send_signal(signal.SIGKILL)
        return f"SIGKILL to {what}"
    return None


def _jobs(worker: Child) -> list[psutil.Process]:
    """The confined children of a worker: what its warm servers have forked."""
    found = []
    with suppress(psutil.NoSuchProcess):
        for process in psutil.Process(worker.pid).children(recursive=True):
            with suppress(psutil.NoSuchProcess):
                parent = process.parent()
                if parent is not None and "workers.sandbox.forkserver" in " ".join(parent.cmdline()):
                    found.append(process)
    return found


def kill_job(place: Place, dice: Random) -> str | None:
    """A confined child, in the middle of its shard."""
    found = [(worker, job) for worker in place.of("worker") for job in _jobs(worker)]
    if not found:
        return None
    worker, job = dice.choice(found)
    return _kill(job, f"a job of {worker.name}")


def kill_pool(place: Place, dice: Random) -> str | None:
    """A process between a worker and its jobs: the pool's, or the warm server."""
    worker = dice.choice(place.of("worker"))
    with suppress(psutil.NoSuchProcess):
        jobs = _jobs(worker)
        between = [p for p in psutil.Process(worker.pid).children(recursive=True) if p not in jobs]
        if between:
            return _kill(dice.choice(between), f"a process of {worker.name}")
    return None


def kill_worker(place: Place, dice: Random) -> str | None:
    """A worker's first process; the kernel ends the others."""
    worker = dice.choice(place.of("worker"))
    return _kill(psutil.Process(worker.pid), worker.name)


def kill_api(place: Place, dice: Random) -> str | None:
    """An API, whatever it is doing."""
    api = dice.choice(place.of("api"))
    return _kill(psutil.Process(api.pid), api.name)


def kill_valkey(place: Place, dice: Random) -> str | None:
    """Valkey, with all that it holds."""
    return _kill(psutil.Process(place.children["valkey"].pid), "Valkey, its data lost")


def restart_postgres(place: Place, dice: Random) -> str | None:
    """PostgreSQL ends in the middle of transactions and recovers."""
    place.restart_postgres()
    return "PostgreSQL crashed and was started again"


def _store(mood: Mood) -> Trouble:
    def happen(place: Place, dice: Random) -> str | None:
        seconds = dice.uniform(1, 5)
        place.store.mood = mood
        place.rest(seconds)
        place.store.mood = "well"
        return f"the blob store was {mood} for {seconds:.1f} s"

    return happen


def move_clock(place: Place, dice: Random) -> str:
    """The clock of an API or of a worker jumps, or comes back."""
    moved, seconds = dice.choice([*place.of("api"), *place.of("worker")]), dice.choice((*_CLOCKS, 0, 0))
    place.clocks.move(moved.name, seconds)
    return f"the clock of {moved.name} is {seconds:+d} s off"


def poison(place: Place, dice: Random) -> str | None:
    """A model that takes all memory that it can get."""
    metadata = json.dumps({**_POISON.metadata, "name": f"poison {dice.getrandbits(32)}"})
    files = {"file": ("poison.pt", _POISON.make(Path(os.devnull)))}
    found = place.ask("POST", "/v1/models", files=files, data={"metadata": metadata})
    place.poisoned.append(found.json()["id"])
    return "a poisonous model was uploaded"


#: Those that end a process at once, and the others.
KILLS: tuple[Trouble, ...] = (kill_job, kill_pool, kill_worker, kill_api)
OTHERS: tuple[Trouble, ...] = (
    kill_valkey,
    restart_postgres,
    _store("full"),
    _store("slow"),
    _store("silent"),
    move_clock,
    poison,
)

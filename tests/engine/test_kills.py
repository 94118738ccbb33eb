"""Jobs that are killed from outside: by the kernel for want of memory, by somebody else, by nobody knows whom."""

import os
import signal
import threading
import time
from pathlib import Path

import pytest

from openapi.problems import MemoryLimit, WorkerLost
from openapi.wire.jobs import Limits, Shard, WorkerEvent
from tests.engine.worker import Worker, slug
from workers.sandbox.kills import MOST_BY_OTHERS, MOST_FOR_MEMORY, Kills, counters, kernel_kills
from workers.sandbox.messages import Request
from workers.sandbox.terminations import ChildKilled, ServerLost

slow = pytest.mark.slow


def count(place: Path, kills: int) -> None:
    """Write what the kernel would."""
    new = place.with_suffix(".new")
    new.write_text(f"low 0\nhigh 0\nmax 17\noom 3\noom_kill {kills}\noom_group_kill 0\n")
    new.replace(place)


def kills_of(folder: Path, places: tuple[Path, ...], **limits: float) -> Kills:
    return Kills(Request(stage="attack", folder=folder, limits=Limits(**limits)), lambda: kernel_kills(places))


def killed(worker: Worker, shard: Shard, times: int, counted: Path | None = None) -> WorkerEvent:
    """Run a shard whose job is killed so often; with `counted` the kernel says each time that it was its doing."""
    thread = threading.Thread(target=worker.runner.run, args=(shard,))
    thread.start()
    last = 0
    for number in range(times):
        while (pid := worker.pid_of_job()) == last:
            time.sleep(0.05)
        if counted is not None:
            count(counted, number + 1)
        os.kill(pid, signal.SIGKILL)
        last = pid
    thread.join(300)
    assert not thread.is_alive()
    return worker.events(shard)[-1]


def test_the_kernels_count_is_read_where_it_can_be(tmp_path: Path) -> None:
    group, machine = tmp_path / "memory.events", tmp_path / "vmstat"
    assert kernel_kills((group, machine)) is None
    machine.write_text("nr_free_pages 5\noom_kill 4\npgfault 7\n")
    assert kernel_kills((group, machine)) == 4
    count(group, 2)
    assert kernel_kills((group, machine)) == 2, "a group's own is the more exact one"
    group.write_text("low 0\nhigh 0\n")
    assert kernel_kills((group, machine)) == 4, "old kernels do not count for groups"
    assert Path("/proc/vmstat") in counters()


def test_kills_for_want_of_memory_end_a_job_soon(tmp_path: Path) -> None:
    place = tmp_path / "memory.events"
    count(place, 0)
    kills = kills_of(tmp_path, (place,))
    for number in range(1, MOST_FOR_MEMORY):
        kills.begin()
        count(place, number)
        kills.ended(ChildKilled("x"))
    for _ in range(4):  # somebody else's kills make it no larger
        kills.begin()
        kills.ended(ServerLost("x"))
    kills.begin()
    count(place, 9)
    with pytest.raises(MemoryLimit, match="killed 3 times from outside its process, most likely by the kernel"):
        kills.ended(ChildKilled("x"))


def test_kills_by_others_have_more_patience_and_an_end(tmp_path: Path) -> None:
    place = tmp_path / "memory.events"
    count(place, 5)
    kills, pauses = kills_of(tmp_path, (place,)), []
    for _ in range(MOST_BY_OTHERS - 1):
        kills.begin()
        pauses.append(kills.ended(ChildKilled("x")))
    assert pauses == sorted(pauses)
    assert 0 < pauses[0] < pauses[-1] <= 5
    kills.begin()
    with pytest.raises(WorkerLost, match=r"killed 12 times from outside its process\. The kernel counted no kill"):
        kills.ended(ChildKilled("x"))


def test_a_job_that_ends_itself_late_is_not_tried_for_ever(tmp_path: Path) -> None:
    """Three attempts may take three times a shard's time; no more than three do."""
    place = tmp_path / "memory.events"
    count(place, 0)
    kills = kills_of(tmp_path, (place,), wall_seconds=1e-9)
    for _ in range(2):
        kills.begin()
        kills.ended(ChildKilled("x"))
    kills.begin()
    with pytest.raises(WorkerLost, match="killed 3 times"):
        kills.ended(ChildKilled("x"))


def test_where_the_kernel_shows_no_count_it_may_have_been_memory(tmp_path: Path) -> None:
    place = tmp_path / "memory.events"
    kills = kills_of(tmp_path, (place,))
    for _ in range(2):
        kills.begin()
        assert kills.ended(ChildKilled("x")) == 0
    kills.begin()
    count(place, 7)  # it begins to: nobody knows what it was before
    with pytest.raises(MemoryLimit):
        kills.ended(ChildKilled("x"))


@slow
def test_a_job_killed_six_times_by_somebody_else_ends_with_its_numbers(
    worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workers.sandbox.kills._LONGEST_PAUSE", 0.5)
    limits = Limits(wall_seconds=600, memory_bytes=2**30, output_bytes=2**23)
    event = killed(worker, worker.shard("sleep_and_sum", seconds=3, data=bytes(range(100)), limits=limits), 6)
    assert event.type == "succeeded", event.problem
    assert event.result is not None
    assert event.result.value == {"sum": 4950.0}


@slow
def test_a_job_killed_three_times_by_the_kernel_is_too_large(
    worker: Worker, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    place = tmp_path / "memory.events"
    count(place, 0)
    monkeypatch.setattr(worker.runner, "_counters", (place,))
    shard = worker.shard("sleep", seconds=60, limits=Limits(wall_seconds=600, memory_bytes=2**30))
    event = killed(worker, shard, 3, counted=place)
    assert (event.type, slug(event)) == ("failed", "memory-limit")


@slow
@pytest.mark.parametrize(("seen", "expected", "times"), [(True, "worker-lost", 12), (False, "memory-limit", 3)])
def test_a_job_that_is_always_killed_ends(
    worker: Worker, monkeypatch: pytest.MonkeyPatch, seen: bool, expected: str, times: int
) -> None:
    monkeypatch.setattr("workers.sandbox.kills._LONGEST_PAUSE", 0.1)
    if not seen:
        monkeypatch.setattr(worker.runner, "_counters", ())
    event = worker.run(worker.shard("once_killed", data=b"seen" if seen else b"unseen"))
    assert slug(event) == expected
    assert f"killed {times} times" in str(event.problem and event.problem.detail)
    assert worker.run(worker.shard("sum")).type == "succeeded"


@slow
def test_a_worker_that_leaves_does_not_wait_for_the_next_try(worker: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workers.sandbox.kills._FIRST_PAUSE", 3600.0)
    monkeypatch.setattr("workers.sandbox.kills._LONGEST_PAUSE", 3600.0)
    shard = worker.shard("sleep", seconds=60, data=b"left")
    thread = threading.Thread(target=worker.runner.run, args=(shard,))
    thread.start()
    os.kill(worker.pid_of_job(), signal.SIGKILL)
    try:
        for _ in range(3000):
            if not list(worker.settings.cache_dir.glob("slots/*/job-*/scratch")):
                break  # it has cleaned up after the killed one
            time.sleep(0.1)
        worker.runner.leaving.asked = True
        thread.join(60)
        assert not thread.is_alive()
    finally:
        worker.runner.leaving.asked = False
    assert worker.events(shard)[-1].type == "returned"

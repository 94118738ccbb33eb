"""A small part of `make chaos`: each kind of trouble once, under one audit."""

import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.tools.chaos.clocks import Clocks
from tests.tools.chaos.place import IMPATIENT, Place
from tests.tools.chaos.run import REQUESTS, Chaos, drawn
from tests.tools.chaos.troubles import (
    KILLS,
    OTHERS,
    Trouble,
    kill_api,
    kill_job,
    kill_valkey,
    kill_worker,
    restart_postgres,
)

pytestmark = [pytest.mark.slow, pytest.mark.servers]


def test_nothing_is_lost(tmp_path: Path) -> None:
    troubles = (kill_job, kill_valkey, kill_api, restart_postgres, kill_worker, *OTHERS[2:3])
    with Place(tmp_path, apis=1, workers=1) as place:
        chaos = Chaos(place, random.Random(5), REQUESTS[:1])
        chaos.prepare()
        chaos.waves(iter(troubles))
        chaos.settle()
    assert sum(chaos.happened.values()) == len(troubles), "there was something to do each of them to"


def _clock(name: str, seconds: int) -> Trouble:
    def jump(place: Place, dice: random.Random) -> str | None:
        place.clocks.move(name, seconds)
        place.rest(3.0)  # the janitors look around meanwhile
        return f"the clock of {name} is {seconds:+d} s off"

    return jump


def test_clocks_jump_in_the_middle_of_an_audit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two hours ahead, two behind, and back, of one API of two and of the worker: nobody loses a shard by it."""
    monkeypatch.setitem(IMPATIENT, "TREMOR_MAX_ATTEMPTS", "1")  # a shard that is lost once fails its audit
    monkeypatch.setitem(IMPATIENT, "TREMOR_LEASE_SECONDS", "60")
    jumps = [_clock(name, off) for off in (7200, -7200, 0) for name in ("api-0", "worker-0")]
    with Place(tmp_path, apis=2, workers=1) as place:
        chaos = Chaos(place, random.Random(7), REQUESTS[:1])
        chaos.prepare()
        chaos.waves(iter(jumps))
        chaos.settle()
    assert sum(chaos.happened.values()) == len(jumps)
    assert "was lost by" not in (tmp_path / "log").read_text()


def test_troubles_are_drawn_from_a_seed_and_none_is_left_out() -> None:
    found = list(drawn(random.Random(1), 50))
    assert found == list(drawn(random.Random(1), 50))
    assert found != list(drawn(random.Random(2), 50))
    assert sum(trouble in KILLS for trouble in found) == 50
    assert set(found) == {*KILLS, *OTHERS}


def test_a_moved_clock_jumps_at_once_and_leaves_the_monotonic_one_alone(tmp_path: Path) -> None:
    code = "import time\nfor _ in range(3): input(); print(time.time(), time.monotonic(), flush=True)"
    clocks = Clocks(tmp_path)
    with subprocess.Popen(
        [sys.executable, "-c", code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, **clocks.env("one")},
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        last = 0.0
        for off in (0, 7200, -7200):
            clocks.move("one", off)
            process.stdin.write("\n")
            process.stdin.flush()
            wall, monotonic = map(float, process.stdout.readline().split())
            assert abs(wall - off - time.time()) < 600
            assert last < monotonic < time.monotonic()
            last = monotonic

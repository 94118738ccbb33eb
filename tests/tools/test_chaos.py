"""A small part of `make chaos`: each kind of trouble once, under one audit."""

import random
from pathlib import Path

import pytest

from tests.tools.chaos.place import Place
from tests.tools.chaos.run import REQUESTS, Chaos, drawn
from tests.tools.chaos.troubles import KILLS, OTHERS, kill_api, kill_job, kill_valkey, kill_worker, restart_postgres

pytestmark = [pytest.mark.slow, pytest.mark.servers]


def test_nothing_is_lost(tmp_path: Path) -> None:
    troubles = (kill_job, kill_valkey, kill_api, restart_postgres, kill_worker, *OTHERS[2:3])
    with Place(tmp_path, apis=1, workers=1) as place:
        chaos = Chaos(place, random.Random(5), REQUESTS[:1])
        chaos.prepare()
        chaos.waves(iter(troubles))
        chaos.settle()
    assert sum(chaos.happened.values()) == len(troubles), "there was something to do each of them to"


def test_troubles_are_drawn_from_a_seed_and_none_is_left_out() -> None:
    found = list(drawn(random.Random(1), 50))
    assert found == list(drawn(random.Random(1), 50))
    assert found != list(drawn(random.Random(2), 50))
    assert sum(trouble in KILLS for trouble in found) == 50
    assert set(found) == {*KILLS, *OTHERS}

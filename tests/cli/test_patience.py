"""How long a command goes on trying: on a clock of its own."""

import itertools
import time

import pytest

from service.cli.patience import Patience, Transient


class Clock:
    """Time that passes when somebody sleeps, and a little at each look."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 100.0
        monkeypatch.setattr(time, "monotonic", self.look)

    def look(self) -> float:
        self.now += 0.001
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.mark.parametrize("seconds", [0.5, 8.0, 60.0])
def test_the_last_try_is_made_when_the_time_is_up(seconds: float, monkeypatch: pytest.MonkeyPatch) -> None:
    clock, tries = Clock(monkeypatch), list[float]()

    def work() -> None:
        tries.append(clock.now)
        raise Transient("away")

    with pytest.raises(Transient):
        Patience(lambda text: None, clock.sleep).run(work, seconds)
    assert tries[-1] - tries[0] == pytest.approx(seconds, abs=0.2)
    pauses = [later - earlier for earlier, later in itertools.pairwise(tries)]
    assert max(pauses) < 10.5
    assert len(tries) > 2


def test_a_pause_that_is_longer_than_what_is_left_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, tries = Clock(monkeypatch), list[float]()

    def work() -> None:
        tries.append(clock.now)
        raise Transient("busy", retry_after=30.0)

    with pytest.raises(Transient):
        Patience(lambda text: None, clock.sleep).run(work, 8.0)
    assert len(tries) == 1


def test_an_upload_that_takes_longer_than_all_patience_gets_its_tries(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, tries = Clock(monkeypatch), list[float]()

    def work() -> None:
        tries.append(clock.now)
        clock.sleep(100.0)
        raise Transient("lost")

    with pytest.raises(Transient):
        Patience(lambda text: None, clock.sleep).run(work, 8.0, attempts=3)
    assert len(tries) == 3

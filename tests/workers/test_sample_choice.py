"""Which samples are chosen: drawn by the seed, evenly by class, and the same however the choice is cut."""

import numpy as np
import pytest

from openapi.stages.base import Drawn, Listed
from workers.choice import chosen

LABELS = np.repeat([0, 1, 2, 5], [50, 3, 30, 17])  # sorted, and one class is rare


def choose(kind: str, count: int, seed: int = 0) -> list[int]:
    return [int(i) for i in chosen(Drawn(kind=kind, count=count, seed=seed), LABELS, 0, count)]


def test_the_first_and_the_listed() -> None:
    assert chosen(None, None, 3, 6).tolist() == [3, 4, 5]
    assert chosen(Listed(indices=(4, 9)), None, 0, 2).tolist() == [4, 9]


@pytest.mark.parametrize("kind", ["random", "per_class"])
def test_a_draw_is_ascending_repeatable_and_its_seeds_own(kind: str) -> None:
    drawn = choose(kind, 20)
    assert drawn == sorted(set(drawn)) == choose(kind, 20)
    assert len(drawn) == 20
    assert drawn != choose(kind, 20, seed=1)
    assert set(drawn) < set(choose(kind, 40)), "fewer are a part of more"
    assert choose(kind, 100) == list(range(100))


@pytest.mark.parametrize("kind", ["random", "per_class"])
def test_a_choice_may_be_cut_anywhere(kind: str) -> None:
    whole = Drawn(kind=kind, count=30, seed=7)
    parts = [chosen(whole, LABELS, a, b) for a, b in ((0, 11), (11, 12), (12, 30))]
    assert np.concatenate(parts).tolist() == chosen(whole, LABELS, 0, 30).tolist()


def test_per_class_takes_as_many_of_each_as_there_are() -> None:
    counts = np.bincount(LABELS[choose("per_class", 40)], minlength=6)
    assert counts.tolist() == [13, 3, 12, 0, 0, 12], "the rare class gives all it has, the others share the rest"


def test_random_prefers_no_place() -> None:
    hits = np.zeros(100)
    for seed in range(400):
        hits[choose("random", 20, seed)] += 1
    assert abs(hits.mean() - 80) < 1e-9
    assert 40 < hits.min() <= hits.max() < 120  # 80 ± 8
    assert abs(hits[:50].sum() / hits.sum() - 0.5) < 0.02

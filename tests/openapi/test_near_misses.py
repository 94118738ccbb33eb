"""What was meant: near names alone, the likest first."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openapi.near_misses import named, near_misses


@pytest.mark.parametrize(
    ("wrong", "known", "meant"),
    [
        ("epss", ["eps", "steps", "norm"], ["eps"]),  # and not "steps" as well
        ("robust_acuracy", ["robust", "robust_accuracy", "ci95"], ["robust_accuracy"]),
        ("PGD", ["pgd", "apgd", "fgsm"], ["pgd"]),
        ("conv9", ["conv1", "conv2", "fc"], ["conv1", "conv2"]),
        ("Kat", ["cat", "dog"], ["cat"]),
        ("entirely", ["else"], []),
        ("", ["a"], []),
        ("x" * 201, ["x" * 200], []),
    ],
)
def test_what_is_near(wrong: str, known: list[str], meant: list[str]) -> None:
    assert near_misses(wrong, known) == meant


@pytest.mark.slow
@given(st.text(max_size=20), st.lists(st.text(max_size=20), max_size=10))
def test_it_names_what_is_known(wrong: str, known: list[str]) -> None:
    found = near_misses(wrong, known)
    assert len(found) <= 2
    assert set(found) <= set(known)
    if wrong and wrong in known:
        assert found[0].casefold() == wrong.casefold()


def test_names_in_a_sentence() -> None:
    assert named(["a", "b"]) == "'a' or 'b'"

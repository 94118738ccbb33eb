"""Ids of attacks: short, unique, and the caller's own kept."""

import pytest

from openapi.attack_ids import attack_ids
from openapi.attacks import ApgdT, Fgsm, Pgd
from openapi.problems import InvalidField


def test_readable_and_stable() -> None:
    assert attack_ids([Fgsm(), Pgd(), Pgd(norm="l2", eps=0.5, steps=20), Pgd(targeted=True)]) == (
        "fgsm-linf-0.0314",
        "pgd-linf-0.0314-10",
        "pgd-l2-0.5-20",
        "pgd-linf-0.0314-10-targeted",
    )


def test_twins_are_told_apart_by_what_differs() -> None:
    assert attack_ids([Pgd(), Pgd(restarts=5), Pgd(step_size=0.01), Pgd()]) == (
        "pgd-linf-0.0314-10",
        "pgd-linf-0.0314-10-restarts-5",
        "pgd-linf-0.0314-10-step_size-0.01",
        "pgd-linf-0.0314-10-2",
    )


def test_given_ids_are_kept_and_never_taken_by_others() -> None:
    assert attack_ids([Pgd(), Fgsm(id="pgd-linf-0.0314-10")]) == ("pgd-linf-0.0314-10-2", "pgd-linf-0.0314-10")
    with pytest.raises(InvalidField, match="used twice") as caught:
        attack_ids([Pgd(id="a"), Pgd(), Fgsm(id="a")])
    assert [e.pointer for e in caught.value.errors or ()] == ["/attacks/2/id"]


def test_close_eps_stay_apart() -> None:
    ids = attack_ids([Pgd(eps=0.03001), Pgd(eps=0.03002), Pgd(eps=1e-5)])
    assert len(set(ids)) == 3
    assert ids[2] == "pgd-linf-1e-05-10"


def test_made_ids_are_ids_however_long_a_class_is_called() -> None:
    bear = "American black bear, black bear, Ursus americanus, Euarctos americanus"
    long = [Pgd(target="x" * 200), Pgd(target="x" * 199 + "y"), ApgdT(target=bear), ApgdT(target=bear)]
    ids = attack_ids(long)
    assert len(set(ids)) == len(long)
    for spec, made in zip(long, ids, strict=True):
        # What is stored of a request is read again, by the rules for an id of one's own.
        again = type(spec).model_validate(spec.model_copy(update={"id": made}).model_dump(mode="json"))
        assert again.id == made
    assert ids[2].startswith("apgd_t-linf-0.0314-100-to-American_black_bear")


def test_names_beyond_ascii_stay_apart_and_those_within_it_are_as_they_were() -> None:
    ids = attack_ids([Pgd(target=name) for name in ("é", "ü", "😀", "owl", "a cat")])
    assert [i.removeprefix("pgd-linf-0.0314-10-to-") for i in ids] == ["u00e9", "u00fc", "u1f600", "owl", "a_cat"]


def test_ids_may_not_hold_paths() -> None:
    with pytest.raises(ValueError, match="id"):
        Pgd(id="../../etc")

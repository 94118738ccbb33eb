"""One list of names everywhere, and every attack of every preset can be run."""

import pytest

from openapi.attacks import ATTACKS
from openapi.presets import PRESETS
from workers.attacks.registry import REGISTRY


def test_contract_and_implementations_are_the_same_list() -> None:
    assert set(REGISTRY) == set(ATTACKS)


@pytest.mark.parametrize("name", sorted(REGISTRY))
def test_every_implementation_loads_and_matches_its_options(name: str) -> None:
    assert callable(REGISTRY[name].load())
    options = ATTACKS[name]()
    assert options.name == name
    assert options.paper
    assert options.summary
    assert REGISTRY[name].minimal == (
        getattr(options, "eps", None) is None and getattr(options, "norm", None) is not None
    )


def test_presets_hold_distinct_attacks() -> None:
    for preset in PRESETS.values():
        assert len({a.model_dump_json() for a in preset.attacks}) == len(preset.attacks)
    names = {a.name for a in PRESETS["paper"].attacks}
    assert names == {"fgsm", "pgd", "cw", "spsa", "nattack", "gaussian_noise"}
    assert {a.name for a in PRESETS["autoattack"].attacks} == {"autoattack"}
    black_box = [a for a in PRESETS["standard"].attacks if a.black_box]
    assert black_box, "the masking check white box against black box needs one"

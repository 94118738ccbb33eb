"""One list of names everywhere, and every attack of every preset can be run."""

import pytest

from openapi.attacks import ATTACKS
from openapi.presets import PRESETS
from workers.attacks.registry import REGISTRY, load


def test_contract_and_implementations_are_the_same_list() -> None:
    assert set(REGISTRY) == set(ATTACKS)


@pytest.mark.parametrize("name", sorted(REGISTRY))
def test_every_implementation_loads_and_matches_its_options(name: str) -> None:
    assert callable(load(name))
    options = ATTACKS[name]()
    assert options.name == name
    assert options.paper
    assert options.summary
    assert options.threat_model
    described = ATTACKS[name].model_json_schema()["properties"]
    assert [k for k, v in described.items() if k != "name" and not v.get("description")] == []
    assert [k for k, v in described.items() if "default" not in v] == []
    has_eps, has_norm = hasattr(options, "eps"), hasattr(options, "norm")
    assert options.facts.minimal == (has_norm and not has_eps)
    assert (options.facts.turn is not None) == has_eps, "attacks in a ball have a turn"
    assert has_norm or options.facts.norm, "what its distances are measured in"


def test_no_two_attacks_have_one_label_or_one_turn() -> None:
    facts = [kind.facts for kind in ATTACKS.values()]
    assert len({f.label for f in facts}) == len(facts)
    turns = [f.turn for f in facts if f.turn is not None]
    assert len(set(turns)) == len(turns)


def test_paper_preset_is_the_paper_s_setting() -> None:
    """SNS, section IV-A and V-C: eps 8, PGD L2 80, k = 10, alpha = eps / sqrt(k); C&W, SPSA and NAttack as listed."""
    pixel = 1 / 255
    fgsm, untargeted, targeted, l2, cw, spsa, nattack, *noise = (a.model_dump() for a in PRESETS["paper"].attacks)
    assert (fgsm["name"], fgsm["norm"], fgsm["eps"]) == ("fgsm", "linf", 8 * pixel)
    for run, eps, norm in ((untargeted, 8, "linf"), (targeted, 8, "linf"), (l2, 80, "l2")):
        assert (run["name"], run["norm"], run["steps"], run["step_size"]) == ("pgd", norm, 10, None)
        assert run["eps"] == pytest.approx(eps * pixel, rel=1e-12)
    assert (untargeted["targeted"], targeted["targeted"], l2["targeted"]) == (False, True, False)
    wanted = {"initial_const": 0.01, "confidence": 0, "binary_search_steps": 3, "steps": 300, "learning_rate": 0.01}
    assert {k: cw[k] for k in wanted} == wanted
    wanted = {"eps": 8 * pixel, "directions": 512, "learning_rate": 0.01, "steps": 100, "delta": 0.01}
    assert {k: spsa[k] for k in wanted} == wanted
    wanted = {"eps": 8 * pixel, "samples": 300, "initial_mean": 0, "learning_rate": 0.008, "steps": 100}
    assert {k: nattack[k] for k in wanted} == wanted
    assert nattack["sigma"] ** 2 == pytest.approx(0.01)
    assert [(a["name"], a["severity"]) for a in noise] == [("gaussian_noise", s) for s in range(1, 6)]


def test_presets_hold_distinct_attacks() -> None:
    for preset in PRESETS.values():
        assert len({a.model_dump_json() for a in preset.attacks}) == len(preset.attacks)
    names = {a.name for a in PRESETS["paper"].attacks}
    assert names == {"fgsm", "pgd", "cw", "spsa", "nattack", "gaussian_noise"}
    assert {a.name for a in PRESETS["autoattack"].attacks} == {"autoattack"}
    black_box = [a for a in PRESETS["standard"].attacks if a.facts.black_box]
    assert black_box, "the masking check white box against black box needs one"

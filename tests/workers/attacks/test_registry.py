"""One list of names everywhere, and every attack of every preset can be run."""

import subprocess
import sys

import pytest

from openapi.attacks import ATTACKS
from openapi.attacks.base import EpsAttack
from openapi.presets import PRESETS
from workers.attacks.registry import implements, load


def test_names_and_implementations_are_entered_once() -> None:
    assert {kind.model_fields["name"].default for kind in ATTACKS.values()} == set(ATTACKS)
    with pytest.raises(TypeError, match="two attacks called 'pgd'"):
        type("Other", (ATTACKS["pgd"],), {"__module__": __name__})
    load("pgd")
    with pytest.raises(ValueError, match="Pgd is implemented twice"):
        implements(ATTACKS["pgd"])(print)


def test_an_attack_without_a_function_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(ATTACKS, "nobody", type("Nobody", (EpsAttack,), {"__module__": __name__}))
    with pytest.raises(LookupError, match=r"@implements\(Nobody\)"):
        load("nobody")


@pytest.mark.slow
def test_a_worker_imports_only_what_it_runs() -> None:
    code = "import sys; from workers.attacks.registry import load; load('pgd'); print('scipy' in sys.modules)"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout == "False\n"


@pytest.mark.parametrize("name", sorted(ATTACKS))
def test_every_implementation_loads_and_matches_its_options(name: str) -> None:
    assert callable(load(name))
    options = ATTACKS[name].model_validate({})
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

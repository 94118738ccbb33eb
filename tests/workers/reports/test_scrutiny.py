"""The close look at a hardening: planted tables in which gradients mislead, or do not, and what they come to."""

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from openapi.attacks import AutoAttack, Pgd
from openapi.hardenings import HardeningRequest
from openapi.intervals import mcnemar
from openapi.scrutiny import Scrutiny, added
from tests.workers.reports.planted import Planted, build
from tests.workers.reports.test_hardening import TRAINING
from workers.reports.build import Built
from workers.reports.card import model_card
from workers.reports.html import render
from workers.reports.metrics import metric

CUTS = [(0, 25), (25, 60)]
N = np.arange(60)
SPECS = [Pgd(eps=0.03, steps=20)]
IDS = {"model_id": "mdl_1", "train_dataset_id": "dst_0", "eval_dataset_id": "dst_1"}


def looked(
    folder: Path,
    fooled: dict[str, Any],
    *,
    compare: bool = False,
    method: str = "sns",
    own: npt.NDArray[np.bool_] = N >= 30,
    **operators: Any,
) -> Built:
    """PGD leaves 30 of 60 samples more after hardening; `fooled`: what each attack of the close look fools after it."""
    shards = Planted(folder, clean=1.0)
    few = [(0, 25), (25, 50)]
    shards.attack(0, N >= 0, CUTS)
    shards.attack(0, own, CUTS, "after.")
    attacks = {"autoattack": 1, "more": 2}
    for name, i in attacks.items():
        shards.attack(i, N >= 0, few)
        shards.attack(i, fooled.get(name, N >= 30), few, "after.")
    shards.attack(3, fooled.get("transfer", N >= 40), few, "after.")
    shards.attack(4, fooled.get("straight", N >= 60), few, "after.", figures={"operators": operators})
    shards.sums(few)
    for name in ("sums.0", "sums.1"):
        shards.inputs[f"after.{name}"], shards.values[f"after.{name}"] = shards.inputs[name], shards.values[name]
    if compare:
        for i, cuts in enumerate((CUTS, few, few)):
            shards.attack(i, N >= 20, cuts, "rival.")
    params = shards.params(SPECS, CUTS, kind="hardening", training=TRAINING)
    request = {**IDS, "attacks": params["attacks"], "scrutiny": {"max_samples": 50}, "compare": compare, "eps": 0.03}
    request["method"] = method
    return build(params | {"request": request} | ({"rival": TRAINING} if compare else {}), shards.inputs)


def request_of() -> HardeningRequest:
    return HardeningRequest.model_validate({**IDS, "attacks": [spec.model_dump() for spec in SPECS], "scrutiny": {}})


def test_what_a_scrutiny_adds() -> None:
    specs = [Pgd(eps=0.1, steps=20, id="a"), Pgd(norm="l2", eps=1, steps=7, id="b"), AutoAttack(eps=0.1, id="c")]
    more = added(Scrutiny(), specs, 0.3, 5)
    assert [(s.name, s.measured_norm, getattr(s, "steps", None)) for s in more.both] == [
        ("pgd", "linf", 200),
        ("autoattack", "l2", None),
        ("pgd", "l2", 70),
    ], "AutoAttack in the first ball is there already"
    assert [s.steps for s in more.transferred] == [20, 7]
    assert [s.id for s in more.surrogate] == ["straight-through-linf-0.1", "straight-through-l2-1"]
    assert len({s.id for s in (*more.both, *more.transferred, *more.surrogate)}) == 7
    alone = added(Scrutiny(autoattack=False, more_steps=1, straight_through=False), [], 0.3, 5)
    assert (alone.both, alone.surrogate, [(s.norm, s.eps, s.steps) for s in alone.transferred]) == (
        (),
        (),
        [("linf", 0.3, 5)],
    )


def test_a_rise_that_holds_is_an_improvement(tmp_path: Path) -> None:
    found = looked(tmp_path, {})
    assert found.metrics is not None
    metrics, look = found.metrics, found.metrics.scrutiny
    assert (metrics.finding, metrics.reasons, metrics.signs_of_masking) == ("improved", (), 0)
    assert found.report.verdict.status == "pass"
    assert look is not None
    assert (look.n, look.gains[0].before, look.gains[0].after, look.gains[0].n) == (50, 0, 30, 50)
    assert [a.id for a in look.after.attacks][-1:] == ["transfer-linf-0.03"], "no twin was needed, and none attacked"
    assert look.neurons is not None
    first = look.neurons[0]
    assert (first.name, first.stabilised) == ("conv.0", True)
    # Neuron m moves by m + 1 over 16 places: the mean of 20 is 10.5/16, and Omega is the two that move most.
    assert first.before.sensitivity == pytest.approx(10.5 / 16)
    assert first.before.of_omega == pytest.approx(19.5 / 16)
    assert first.after == first.before
    classes = metrics.classes
    assert sum(c.gained for c in classes) == 30
    assert sorted(i for c in classes for i in c.won) == list(range(30))


@pytest.mark.parametrize(
    ("method", "said"),
    [("sns", "layer were stabilised"), ("pat", "The network was trained from <code>conv.0</code>")],
)
def test_only_a_method_that_stabilises_neurons_is_said_to(tmp_path: Path, method: str, said: str) -> None:
    found = looked(tmp_path, {}, method=method)
    assert found.metrics is not None
    assert found.metrics.scrutiny is not None
    assert found.metrics.scrutiny.neurons is not None
    assert found.metrics.scrutiny.neurons[0].stabilised is (method == "sns")
    page = render(found.report)
    assert said in page
    assert ("were stabilised" in page) is (method == "sns")


def test_a_rise_that_the_close_look_does_not_see_is_no_success(tmp_path: Path) -> None:
    """All ten samples that are gained lie behind the fifty that are looked at closely."""
    found = looked(tmp_path, {"autoattack": N >= 0, "more": N >= 0}, own=N < 50)
    assert found.metrics is not None
    assert (found.metrics.finding, found.metrics.signs_of_masking) == ("not_improved", 0)
    rules = {r.metric.rpartition("linf")[0] or r.metric: r for r in found.report.verdict.rules}
    assert rules["hardening.gains."].status == "pass"
    assert rules["hardening.scrutiny.gains."].status == "inconclusive"
    assert str(rules["hardening.scrutiny.gains."].detail).startswith("0 of 50 samples gained and 0 lost")
    told = found.report.model_dump(mode="json")
    assert {metric(told, rule.metric) for rule in rules.values()} == {rule.actual for rule in rules.values()}
    assert found.report.verdict.status == "inconclusive"
    assert "Not improved." in render(found.report)


def test_a_rise_that_autoattack_undoes_is_masked(tmp_path: Path) -> None:
    found = looked(tmp_path, {"autoattack": N >= 2})
    assert found.metrics is not None
    assert found.metrics.finding == "masked"
    assert any("2 and 0 under the close look" in reason for reason in found.metrics.reasons)
    assert found.report.verdict.status == "fail"
    assert {r.metric: r.status for r in found.report.verdict.rules}["hardening.signs_of_masking"] == "fail"
    assert "Masked." in render(found.report)


@pytest.mark.parametrize(
    ("fooled", "check"), [("transfer", "transfer-is-no-stronger"), ("straight", "own-gradients-are-no-weaker")]
)
def test_examples_from_elsewhere_that_fool_more_are_a_sign(tmp_path: Path, fooled: str, check: str) -> None:
    found = looked(tmp_path, {fooled: N >= 20}, round=2)
    assert found.metrics is not None
    assert found.metrics.finding == "masked"
    assert {c.id: c.status for c in found.metrics.checks}[f"after.{check}"] == "fail"


def test_a_model_with_true_gradients_passes_without_a_twin(tmp_path: Path) -> None:
    found = looked(tmp_path, {})
    assert found.metrics is not None
    detail = {c.id: c.detail for c in found.metrics.checks}["after.own-gradients-are-no-weaker"]
    assert "nothing to pass through" in detail
    card = model_card(found.report, request_of(), found.metrics, None)
    assert "straight-through" not in card + render(found.report).partition("A closer look")[0]
    assert "none had to be passed through" in card
    assert "`transfer`: PGD examples of the parent model" in card


def test_a_twin_stands_among_the_attacks_with_what_it_treats(tmp_path: Path) -> None:
    found = looked(tmp_path, {}, round=2, where=1)
    assert found.metrics is not None
    assert found.metrics.scrutiny is not None
    assert found.metrics.scrutiny.operators == {"round": 2, "where": 1}, "not once a slice"
    assert [a.id for a in found.metrics.scrutiny.after.attacks][-1] == "straight-through-linf-0.03"
    card = model_card(found.report, request_of(), found.metrics, None)
    assert "| `straight-through-linf-0.03` | – | 100.0 %" in card
    assert "(2 × `round`, 1 × `where`)" in card
    assert "Straight-through gradients, " in render(found.report)


def test_the_rival_beside_the_method(tmp_path: Path) -> None:
    found = looked(tmp_path, {}, compare=True)
    assert found.metrics is not None
    rival = found.metrics.rival
    assert rival is not None
    assert (rival.method, rival.gains[0].after) == ("pat", 20)
    against = rival.against[0]
    assert (against.before, against.after, against.gained, against.lost) == (20, 30, 10, 0)
    assert against.p == 2 / 2**10
    assert rival.scrutiny is not None
    assert (rival.scrutiny.against[0].n, rival.scrutiny.against[0].gained) == (50, 10)
    assert "trained with the same options and seed" in render(found.report)


@pytest.mark.parametrize(
    ("b", "c", "p"), [(0, 0, 1.0), (5, 0, 2 / 32), (1, 3, 10 / 16), (4, 4, 1.0), (30, 0, 2 / 2**30)]
)
def test_mcnemars_exact_test(b: int, c: int, p: float) -> None:
    assert mcnemar(b, c) == p
    assert mcnemar(c, b) == p


def test_mcnemar_agrees_with_the_normal_approximation_for_many_samples() -> None:
    from statistics import NormalDist

    corrected = 2 * (1 - NormalDist().cdf((abs(5200 - 4800) - 1) / 100))
    assert mcnemar(5200, 4800) == pytest.approx(corrected, rel=0.01)


def test_a_comparison_needs_held_out_data() -> None:
    body = {"model_id": "mdl_1", "train_dataset_id": "dst_0"}
    wanted: list[dict[str, Any]] = [{"compare": True}, {"scrutiny": {}}]
    for more in wanted:
        with pytest.raises(ValueError, match="eval_dataset_id"):
            HardeningRequest.model_validate({**body, **more})

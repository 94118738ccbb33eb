"""The referee of the benchmark: it counts everybody's passes alike and accepts no example outside its ball."""

import math

import pytest
import torch
from torch import nn

from openapi.attacks import ATTACKS, Pgd
from tests.tools.benchmarks.contenders import all_ours, attacks, ours, peers
from tests.tools.benchmarks.libraries import installed
from tests.tools.benchmarks.referee import Outcome, judged
from tests.tools.benchmarks.run import measure
from tests.tools.benchmarks.strength import run_row, standard_error, verdict
from tests.tools.benchmarks.strength_rows import more_attacks, more_peers
from tests.tools.benchmarks.subject import Counted, Subject
from tests.tools.benchmarks.tables import chosen

pytestmark = pytest.mark.slow


def subject() -> Subject:
    torch.manual_seed(0)
    linear = nn.Linear(16, 3)
    net = nn.Sequential(nn.Flatten(), linear).eval()
    with torch.no_grad():
        linear.bias.copy_(-linear.weight.sum(1) / 2)  # the boundaries meet in the middle of the cube
    x = torch.rand(20, 1, 4, 4)
    with torch.no_grad():
        y = net(x).argmax(1)
    return Subject("linear", Counted(net), x, y, forward_cost=1e-6, both_cost=2e-6)


def test_passes_are_counted_in_images() -> None:
    s = subject()
    x = s.x.clone().requires_grad_()
    s.model(x).sum().backward()
    s.model(s.x[:5])
    assert (s.model.forwards, s.model.backwards) == (25, 20)
    assert math.isclose(s.floor(25, 20), 5e-6 + 40e-6)


def test_judge_accepts_lawful_examples_alone() -> None:
    s = subject()
    s.y[:4] = (s.y[:4] + 1) % 3  # wrong from the start: not robust, and no success either
    far = s.x.flip(0)  # another image in the place of each
    assert judged(s, far, "linf", None).robust < 0.75
    for x_adv, eps in ((far, 0.01), (far * 100, None), (s.x, 0.1)):
        assert judged(s, x_adv, "linf", eps).robust == pytest.approx(0.8)


def outcome(fooled: list[int], distances: list[float]) -> Outcome:
    mask = torch.tensor([bool(f) for f in fooled])
    return Outcome(mask, torch.tensor(distances), torch.ones(len(fooled), dtype=torch.bool))


def test_strength_is_judged_at_equal_success() -> None:
    own = outcome([1, 1, 1, 0], [0.1, 0.2, 0.3, 9.0])
    assert verdict(own, {}, "DDN")[0]
    assert verdict(own, {"a": outcome([1, 1, 0, 0], [0.1, 0.2, 9.0, 9.0])}, "DDN")[0]
    assert not verdict(own, {"a": outcome([1, 1, 0, 0], [0.05, 0.19, 9.0, 9.0])}, "DDN")[0]
    assert not verdict(own, {"a": outcome([1, 1, 1, 1], [1.0] * 4)}, "PGD")[0]  # 0.25 against 0: more than its error
    assert verdict(own, {"foolbox": outcome([1, 1, 1, 1], [1.0] * 4)}, "C&W L2")[0]
    assert verdict(outcome([1, 0, 0, 0], [1.0] * 4), {"a": outcome([1, 1, 0, 0], [1.0] * 4)}, "PGD")[0]  # 0.75 - 0.25
    assert standard_error(0.5, 100) == pytest.approx(0.05)


def test_rows_of_the_strength_table() -> None:
    s = subject()
    rows = {**attacks(0.1, 1.0), **more_attacks(0.1, 1.0)}
    missing = set(ATTACKS) - {spec.name for _, spec in rows.values()} - {"nattack", "corruption"}
    assert not missing  # NAttack has no working peer; the other corruptions are no attacks
    lines = run_row(s, "FGSM L2", "l2", 1.0, {"tremor": ours(rows["FGSM L2"][1])})
    assert lines[0].startswith("| FGSM L2 | ")
    assert more_peers("no such row", 0.1, 1.0) == {}


def test_rows_are_chosen_by_words_in_any_case() -> None:
    rows = ["FGSM", "PGD-10 Linf", "APGD-CE-100 Linf", "C&W L2 3x100"]
    assert chosen(rows, []) == rows
    assert chosen(rows, ["pgd", "fgsm"]) == rows[:2]
    assert chosen(rows, ["linf"]) == rows[1:3]
    assert chosen(rows, ["apgd-ce"]) == rows[2:3]
    assert chosen(rows, ["cw"]) == chosen(rows, ["c&w"]) == rows[3:]
    with pytest.raises(
        SystemExit, match=r"no row has a word that begins with 'gd'; there are: FGSM, PGD-10 Linf, APGD"
    ):
        chosen(rows, ["pgd", "gd"])


def test_measure_and_rows() -> None:
    score = measure(subject(), ours(Pgd(eps=0.1, steps=3)), "linf", 0.1)
    assert 0 <= score.robust <= 1
    assert score.forwards > 20
    assert score.backwards > 0
    replayed = measure(subject(), ours(Pgd(eps=0.1, steps=3), graphs=True), "linf", 0.1)
    assert replayed.robust == score.robust
    assert 0 < replayed.backwards <= score.backwards
    assert list(all_ours(Pgd(), torch.device("cpu"))) == ["tremor"]
    assert list(all_ours(Pgd(), torch.device("cuda"))) == ["tremor", "tremor graphs"]
    rows = attacks(0.1, 1.0)
    assert {"FGSM", "PGD-50 Linf", "APGD-CE-100 Linf", "AutoAttack L2"} <= set(rows)
    assert {norm for norm, _ in rows.values()} == {"linf", "l2", "l1"}
    assert installed("a_library_that_nobody_has") is None
    assert "tremor" not in peers("FGSM", 0.1, 1.0)

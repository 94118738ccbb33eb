"""Two audits sample by sample: counts by hand, tests by scipy, and the same over HTTP."""

import json
from typing import Any

import httpx
import pytest
from click.testing import CliRunner
from scipy import stats

from openapi.paired import Sampled
from openapi.problems import InvalidField
from openapi.threat_models import ThreatModel
from service.cli.compare import compare as command
from service.comparisons.compare import Side, compare
from service.comparisons.page import render_comparison
from tests.service.conftest import World, ended
from tests.service.problems import is_problem
from tests.service.report import REPORT
from tests.service.worker import HEADLINE

_THREATS = {eps: ThreatModel(kind="ball", norm="linf", eps=eps).model_dump(mode="json") for eps in (0.1, 0.2)}


def attack(identity: str, eps: float = 0.1, **params: Any) -> dict[str, Any]:
    made = {"id": identity, "name": "fgsm", "threat_model": f"linf eps={eps}", "threat": _THREATS[eps]}
    return {**REPORT["attacks"][0], **made, "params": {"eps": eps, **params}}


def worst(eps: float, *ids: str) -> dict[str, Any]:
    return {**REPORT["worst_case"][0], "threat_model": f"linf eps={eps}", "threat": _THREATS[eps], "attacks": list(ids)}


def lines(n: int, wrong: set[int], fooled: dict[str, set[int]], first: int = 0) -> bytes:
    """`samples.jsonl` of samples of the classes 0, 1, 2 in turn; fooled: by attack."""
    rows = (
        {
            "index": i,
            "label": i % 3,
            "predicted": 0,
            "correct": i not in wrong,
            "attacks": {
                name: {"success": i in which, "predicted": 0, "distance": None, "confidence": 0.5}
                for name, which in fooled.items()
            },
        }
        for i in range(first, n)
    )
    return b"".join(json.dumps(row).encode() + b"\n" for row in rows)


def side(
    n: int,
    wrong: set[int],
    fooled: dict[str, set[int]],
    attacks: list[dict[str, Any]] | None = None,
    first: int = 0,
    **report: Any,
) -> Side:
    made = attacks or [attack(name) for name in fooled]
    threats = sorted({a["params"]["eps"] for a in made})
    ids = {eps: [a["id"] for a in made if a["params"]["eps"] == eps] for eps in threats}
    body = {**REPORT, "attacks": made, "worst_case": [worst(eps, *ids[eps]) for eps in threats], **report}
    return Side(body, Sampled.read(lines(n, wrong, fooled, first).splitlines()))


def test_every_count_by_hand() -> None:
    base = side(12, {0}, {"a": {1, 2, 3}, "b": {3, 4}})
    candidate = side(12, {5}, {"a": {2}, "b": {4, 6, 7, 8}})
    found = compare(base, candidate)
    assert (found.n, found.clean.won, found.clean.lost, found.clean.worse, found.clean.better) == (12, 1, 1, (5,), (0,))
    first, second = found.attacks
    # held by the base against a: all but 0 1 2 3; by the candidate: all but 5 2
    assert (first.base, first.candidate, first.won, first.lost) == (8 / 12, 10 / 12, 3, 1)
    assert (first.better, first.worse) == ((0, 1, 3), (5,))
    assert first.difference == pytest.approx(2 / 12)
    # against b: all but 0 3 4, and all but 4 5 6 7 8
    assert (second.won, second.lost, second.worse) == (2, 4, (5, 6, 7, 8))
    (threat,) = found.worst_case
    # against both: all but 0 1 2 3 4, and all but 2 4 5 6 7 8
    assert (threat.base, threat.candidate, threat.better, threat.worse) == (7 / 12, 6 / 12, (0, 1, 3), (5, 6, 7, 8))
    assert threat.p == pytest.approx(stats.binomtest(3, 7).pvalue)
    # class 0: samples 0 3 6 9; class 1: 1 4 7 10; class 2: 2 5 8 11
    assert [(c.label, c.name, c.n, c.better, c.worse) for c in found.classes] == [
        (0, "cat", 4, (0, 3), (6,)),
        (1, "dog", 4, (1,), (7,)),
        (2, "owl", 4, (), (5, 8)),
    ]
    assert [(c.n, c.better, c.worse) for c in first.classes] == [(4, (0, 3), ()), (4, (1,), ()), (4, (), (5,))]
    assert (found.verdict, found.left_out) == ("no_difference", ())


@pytest.mark.parametrize(
    ("gained", "given_up", "verdict"), [(30, 5, "better"), (5, 30, "worse"), (12, 8, "no_difference")]
)
def test_the_verdict_is_that_of_mcnemars_test(gained: int, given_up: int, verdict: str) -> None:
    before, after = set(range(gained)), set(range(gained, gained + given_up))
    found = compare(side(100, set(), {"a": before}), side(100, set(), {"a": after}))
    (row,) = found.attacks
    assert (row.won, row.lost) == (gained, given_up)
    assert row.p == pytest.approx(stats.binomtest(gained, gained + given_up).pvalue, rel=1e-12)
    assert found.verdict == verdict
    assert found.rule.startswith("of clean accuracy, L∞, ε\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}0.1, ")
    assert {"better": "one rose", "worse": "one fell", "no_difference": "none rose or fell"}[verdict] in found.rule
    assert found.rule[3:].partition(" (")[0] in render_comparison(found)
    assert found.worst_case[0].p_adjusted == pytest.approx(min(1.0, 2 * row.p)), "beside the clean accuracy"


def test_better_here_and_worse_there_is_mixed() -> None:
    base = side(100, set(), {"a": set(range(40)), "b": set()}, [attack("a"), attack("b", 0.2)])
    candidate = side(100, set(), {"a": set(), "b": set(range(50))}, [attack("a"), attack("b", 0.2)])
    found = compare(base, candidate)
    assert found.verdict == "mixed"
    assert ["40 samples won" in reason or "50 lost" in reason for reason in found.reasons] == [True, True]


def test_only_what_both_have_done_counts() -> None:
    own = [attack("a"), attack("b", steps=5), attack("only")]
    own[2]["name"] = "pgd"
    theirs = [attack("other-name"), attack("b", steps=9)]
    base = side(10, set(), {"a": {1}, "b": {2}, "only": {3}}, own)
    candidate = side(14, set(), {"other-name": {1, 7, 12}, "b": set()}, theirs, first=4)
    found = compare(base, candidate)
    assert (found.n, found.base.evaluated) == (6, 10)
    (row,) = found.attacks
    assert (row.id, row.candidate_id, row.n, row.worse) == ("a", "other-name", 6, (7,))
    assert found.worst_case[0].attacks == ("a",)
    assert {(one.id, one.side, one.reason) for one in found.left_out} == {
        ("b", "base", "other options there"),
        ("only", "base", "the candidate did not run it"),
        ("b", "candidate", "other options there"),
    }
    assert [(one.side, one.n, one.index) for one in found.samples_left_out] == [
        ("base", 4, (0, 1, 2, 3)),
        ("candidate", 4, (10, 11, 12, 13)),
    ]
    assert "4 samples that only the candidate evaluated" in render_comparison(found)
    assert compare(base, base).samples_left_out == ()


def test_classes_are_brought_together_by_their_names() -> None:
    base = side(6, set(), {"a": set()})
    turned = Sampled(range(6), [(i + 1) % 3 for i in range(6)], [True] * 6, {"a": [False] * 6})
    model = {**REPORT["model"], "labels": ["owl", "cat", "dog"]}
    found = compare(base, Side({**base.report, "model": model}, turned))
    assert [(c.label, c.name, c.n) for c in found.classes] == [(0, "cat", 2), (1, "dog", 2), (2, "owl", 2)]
    with pytest.raises(InvalidField, match=r"sample 0 is of the class 'cat' in the base and 'dog' in it"):
        compare(base, Side(base.report, turned))


@pytest.mark.parametrize(("field", "said"), [("sha256", "file"), ("split", "split"), ("resize", "resizing")])
def test_audits_of_other_images_are_not_compared(field: str, said: str) -> None:
    base = side(6, set(), {"a": set()})
    other = side(6, set(), {"a": set()}, dataset={**REPORT["dataset"], field: "other"})
    with pytest.raises(InvalidField, match=f"differ in their {said}"):
        compare(base, other)
    with pytest.raises(InvalidField, match="no sample in common"):
        compare(base, side(9, set(), {"a": set()}, first=6))


def test_long_lists_of_images_are_cut_and_say_so() -> None:
    found = compare(side(3000, set(), {"a": set()}), side(3000, set(), {"a": set(range(1500))}))
    row = found.attacks[0]
    assert (row.lost, len(row.worse), row.worse[-1]) == (1500, 1000, 999)
    assert [(c.lost, len(c.worse)) for c in row.classes] == [(500, 50)] * 3
    assert " and 500 more" in render_comparison(found)


def test_names_from_outside_stand_on_the_page_and_are_not_obeyed() -> None:
    base = side(6, set(), {"a": set()}, model={**REPORT["model"], "name": "<script>\x1b", "labels": ["<b>", "'", '"']})
    page = render_comparison(compare(base, base))
    assert "&lt;script&gt;\\x1b" in page
    assert "<b>" not in page
    assert "<script" not in page


# Over HTTP


def audited(world: World, seed: int, fooled: set[int]) -> str:
    """An audit of 10 samples whose one attack has fooled these."""
    identity = str(world.audit(attacks=[{"name": "fgsm", "eps": 0.1}], neurons=None, seed=seed).json()["id"])
    while world.api.get(f"/v1/audits/{identity}").json()["finished_at"] is None:
        for shard in world.worker.waiting(0.3):
            if shard.stage != "report":
                world.worker.do(shard)
                continue
            report = json.dumps(REPORT | {"id": shard.job_id}).encode()
            world.worker.tell(shard, "started")
            world.worker.leave(
                shard,
                {
                    "verdict": None,
                    "metrics": None,
                    "headline": HEADLINE.model_dump(),
                },
                report=world.worker.file("report.json", "report", "json", report),
                samples=world.worker.file("samples.jsonl", "samples", "jsonl", lines(10, set(), {"fgsm": fooled})),
            )
    assert ended(world.api, f"audits/{identity}")["status"] == "succeeded"
    return identity


@pytest.fixture(scope="module")
def pair(world: World) -> tuple[str, str]:
    return audited(world, 1, {1}), audited(world, 2, set(range(2, 10)))


def get(world: World, base: str, candidate: str, accept: str = "application/json") -> httpx.Response:
    query = {"base": base, "candidate": candidate}
    return world.api.get("/v1/comparisons", params=query, headers={"Accept": accept})


def test_over_http(world: World, pair: tuple[str, str]) -> None:
    answer = get(world, *pair)
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert [found[name]["id"] for name in ("base", "candidate")] == list(pair)
    row = found["worst_case"][0]
    assert (row["won"], row["lost"], row["worse"]) == (1, 8, list(range(2, 10)))
    assert row["p"] == pytest.approx(stats.binomtest(1, 9).pvalue)
    page = get(world, *pair, accept="text/html")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert "8 images got worse" in page.text


def test_what_cannot_be_compared_is_said(world: World, pair: tuple[str, str]) -> None:
    nobody = "aud_" + "0" * 26
    is_problem(get(world, pair[0], nobody), 404, "not-found")
    is_problem(world.api.get("/v1/comparisons", params={"base": pair[0]}), 422, "validation")
    assert "'mdl_1'" in is_problem(get(world, "mdl_1", pair[0]), 404, "not-found")["detail"]
    running = str(world.audit(seed=3).json()["id"])
    is_problem(get(world, pair[0], running), 409, "not-ready")
    assert world.api.delete(f"/v1/audits/{running}").status_code == 204
    is_problem(get(world, *pair, accept="image/png"), 406, "not-acceptable")


def test_the_command(world: World, pair: tuple[str, str], tmp_path: Any) -> None:
    where = ["--server", str(world.api.base_url)]
    page = tmp_path / "comparison.html"
    done = CliRunner().invoke(command, [*pair, *where, "--json", "--html", str(page)])
    assert json.loads(done.stdout) == get(world, *pair).json()
    assert (done.exit_code, "no difference beyond chance" in done.stderr) == (0, True), done.stderr
    assert " ".join(get(world, *pair).json()["rule"].split()) in " ".join(done.stderr.split())
    assert page.read_text("utf-8") == get(world, *pair, accept="text/html").text
    fallen = CliRunner().invoke(command, [audited(world, 4, set()), audited(world, 5, set(range(10))), *where])
    assert (fallen.exit_code, "the candidate is worse" in fallen.stderr) == (1, True), fallen.stderr
    absent = CliRunner().invoke(command, [pair[0], "aud_" + "0" * 26, *where])
    assert (absent.exit_code, "There is no audit" in absent.output) == (2, True)

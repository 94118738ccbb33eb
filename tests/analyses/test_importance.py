"""Importance and similarity: exact merging, and the numbers against pairs that are made and added up here."""

from typing import Any

import numpy as np
import pytest
import torch
from scipy.stats import spearmanr

from openapi.problems import InvalidField
from service.orchestrator.analyses.importance import together
from tests.analyses.conftest import net
from tests.analyses.in_process import Audited, InProcess
from workers.attacks.ball.pairs import dual_pairs
from workers.attacks.maths.losses import log_odds_target

pytestmark = pytest.mark.slow

FGSM = [{"name": "fgsm", "eps": 0.1}]
EPS, STEPS, K = 0.3, 4, 5
NEURONS = {"importance": {"k": K, "eps": EPS, "steps": STEPS}, "similarity": {"fraction": 0.4}}


def audited(small: InProcess, slice_size: int = 1000, batch_size: int | None = None, **request: Any) -> Audited:
    asked = {"attacks": FGSM, "neurons": NEURONS, **request}
    return small.audit(slice_size=slice_size, batch_size=batch_size, **asked)


@pytest.fixture(scope="module")
def found(small: InProcess) -> Audited:
    return audited(small, keep_examples=True)


def pairs(small: InProcess, found: Audited, target: int) -> tuple[torch.Tensor, torch.Tensor, np.ndarray]:
    """x, x' and index of the images that reach a target."""
    x, y = (np.load(found.paths[small.data.files[name].blob.sha256]) for name in "xy")
    rows = np.flatnonzero(y != target)
    images = torch.from_numpy(x[rows]).float() / 255
    aims = torch.full((len(rows),), target)
    model = net()
    x_adv = dual_pairs(model, images, aims, torch.from_numpy(rows), seed=0, eps=EPS, steps=STEPS, loss=log_odds_target)
    kept = model(x_adv).argmax(1) == target
    return images[kept], x_adv[kept], rows[kept.numpy()]


def test_each_target_has_the_numbers_of_its_pairs(small: InProcess, found: Audited) -> None:
    section = found.report["neurons"]["importance"]
    assert (section["layer"], section["neurons"], section["k"]) == ("conv3", 16, K)
    assert section["attack"] == {"name": "pgd", "eps": EPS, "steps": STEPS, "targeted": True}
    model = net()
    weight = model.head.weight.detach().double().numpy()
    reached = 0
    for row in section["targets"]:
        x, x_adv, _ = pairs(small, found, row["target"])
        y = np.load(found.paths[small.data.files["y"].blob.sha256])
        assert (row["tried"], row["n"]) == (int((y != row["target"]).sum()), len(x))
        if not len(x):
            assert row["spearman"] is row["important"] is None
            continue
        reached += 1
        with torch.no_grad():
            a, b = (model.tapped(images)[1]["conv3"].relu().flatten(1).double().numpy() for images in (x, x_adv))
        phi = (b * weight[row["target"]]).reshape(len(x), 16, 4).sum(2)
        votes = np.zeros(16)
        for one in phi:
            for place, m in enumerate(np.argsort(-one, kind="stable")[:K]):
                votes[m] += K - place
        sigma = np.abs(a - b).reshape(len(x), 16, 4).mean(2).mean(0)
        assert row["important"] == np.argsort(-votes, kind="stable")[:K].tolist()
        assert row["sensitive"] == np.argsort(-sigma, kind="stable")[:K].tolist()
        assert row["spearman"] == pytest.approx(spearmanr(sigma, phi.mean(0)).statistic, abs=1e-9)
    assert reached >= 2
    assert found.check("neurons.importance")["numbers"]["reached"] == reached


@pytest.mark.parametrize(("count", "steps"), [(1, 1), (5, 1), (6, 2), (7, 2), (10, 2), (11, 3)])
def test_few_targets_go_together_in_steps_as_even_as_may_be(count: int, steps: int) -> None:
    found = together(tuple(range(count)))
    assert [target for step in found for target in step] == list(range(count))
    sizes = [len(step) for step in found]
    assert max(sizes) <= 5
    assert max(sizes) - min(sizes) <= 1
    assert len(sizes) == steps


def test_artifacts_hold_what_the_table_says(small: InProcess, found: Audited) -> None:
    section = found.report["neurons"]["importance"]
    with np.load(found.files["importance"]) as kept:
        assert kept["n"].tolist() == [row["n"] for row in section["targets"]]
        assert kept["phi"].shape == kept["sensitivity"].shape == (3, 16)
        for i, row in enumerate(section["targets"]):
            if row["n"]:
                assert np.argsort(-kept["sensitivity"][i], kind="stable")[:K].tolist() == row["sensitive"]
    with np.load(found.files["targeted_pairs"]) as kept:
        assert len(kept["x_adv"]) == len(kept["index"]) == sum(row["n"] for row in section["targets"])
        for target in range(3):
            _, x_adv, index = pairs(small, found, target)
            mine = kept["target"] == target
            np.testing.assert_array_equal(kept["index"][mine], index)
            np.testing.assert_allclose(kept["x_adv"][mine], x_adv.numpy(), atol=1e-6)
    assert {"importance", "targeted_pairs"} <= {a["kind"] for a in found.report["artifacts"]}


@pytest.mark.parametrize("slice_size", [7, 3])
def test_slices_and_batches_leave_no_trace(small: InProcess, found: Audited, slice_size: int) -> None:
    small.forget()
    cut = audited(small, slice_size=slice_size, batch_size=4).report["neurons"]
    assert cut["similarity"] == found.report["neurons"]["similarity"]
    mine, whole = cut["importance"], found.report["neurons"]["importance"]
    for field in ("contribution", "sensitivity"):
        np.testing.assert_allclose(mine.pop(field), whole[field], rtol=1e-5, atol=1e-8)
    assert mine == {name: value for name, value in whole.items() if name in mine}


def test_similarity_compares_the_rankings_of_the_targets(small: InProcess, found: Audited) -> None:
    section = found.report["neurons"]["similarity"]
    reached = [row["target"] for row in found.report["neurons"]["importance"]["targets"] if row["n"]]
    assert section["targets"] == reached
    sets = []
    for target in reached:
        x, x_adv, _ = pairs(small, found, target)
        with torch.no_grad():
            a, b = (net().tapped(images)[1]["conv1"] for images in (x, x_adv))
        sigma = (a - b).abs().double().mean((0, 2, 3)).numpy()
        sets.append(set(np.argsort(-sigma, kind="stable")[:3].tolist()))
    layer = section["layers"][0]
    assert (layer["name"], layer["neurons"], layer["k"]) == ("conv1", 8, 3)
    assert layer["jaccard"] == len(set.intersection(*sets)) / len(set.union(*sets))
    assert layer["levenshtein"] >= 0.5
    assert 0 <= layer["levenshtein_indel_chance"] < layer["levenshtein_chance"] < 1


def test_similarity_alone_makes_the_same_pairs_and_none_twice(small: InProcess, found: Audited) -> None:
    names = [step.name for step in found.steps]
    assert len(names) == len(set(names))
    alone = small.audit(attacks=FGSM, neurons={"eps": EPS, "steps": STEPS, "similarity": {"fraction": 0.4}})
    assert alone.report["neurons"]["similarity"] == found.report["neurons"]["similarity"]
    assert alone.report["neurons"]["importance"] is None
    assert {s.phase for s in alone.steps if s.name.startswith("targeted.")} == {"neurons.similarity"}


def test_targets_that_nothing_reaches_are_null(small: InProcess) -> None:
    few = {"importance": {"eps": 1e-6, "steps": 1, "targets": [2, 0, 1], "max_samples": 1}, "similarity": {}}
    report = small.audit(attacks=FGSM, neurons=few)
    section = report.report["neurons"]["importance"]
    assert [row["target"] for row in section["targets"]] == [0, 1, 2]
    nothing = [row for row in section["targets"] if not row["n"]]
    assert len(nothing) >= 2
    assert all(row["spearman"] is row["levenshtein"] is row["sensitive"] is None for row in nothing)
    assert report.report["neurons"]["similarity"] is None
    assert "two at least are compared" in report.check("neurons.similarity")["detail"]


@pytest.mark.parametrize(
    ("neurons", "pointer", "detail"),
    [
        ({"importance": {"targets": [0, 3]}}, "/neurons/importance/targets/1", "3 classes, 0 to 2"),
        ({"similarity": {}, "importance": {"targets": [1]}}, "/neurons/similarity", "two at least"),
        ({"similarity": {"max_samples": 4}, "importance": {}}, "/neurons/similarity/max_samples", "set it there"),
    ],
)
def test_impossible_targets_are_refused(small: InProcess, neurons: dict[str, Any], pointer: str, detail: str) -> None:
    with pytest.raises(InvalidField, match=detail) as caught:
        small.audit(attacks=FGSM, neurons=neurons)
    assert [e.pointer for e in caught.value.errors or ()] == [pointer]


def test_the_page_shows_both(found: Audited) -> None:
    for name in ("importance", "similarity"):
        part = found.html.partition(f'<section id="neurons-{name}">')[2].partition("</section>")[0]
        assert "<svg" in part
        assert "None" not in part
        assert part.count("<tr") >= 4

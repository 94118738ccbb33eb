"""Masking and dissection in a whole audit: planted concepts and a planted unit are found, slices do not matter."""

from typing import Any

import numpy as np
import pytest
import torch
from scipy.stats import mannwhitneyu, spearmanr
from torch import nn

from openapi.problems import DatasetMismatch, InvalidField
from tests.analyses.in_process import Audited, InProcess

pytestmark = pytest.mark.slow

FGSM = [{"name": "fgsm", "eps": 0.1}]
N = 24


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> InProcess:
    """Unit 0 sees what is brighter than a half, unit 1 what is darker than 1/20, unit 2 nothing, unit 3 is constant.

    Masks: `bright` and `dark` squares, and a third of the image at random places, `nothing`.
    """
    rng = np.random.default_rng(0)
    x = rng.integers(40, 90, (N, 1, 8, 8), dtype=np.uint8)
    masks = {name: np.zeros((N, 8, 8), bool) for name in ("nothing", "bright", "dark")}
    masks["nothing"] = rng.random((N, 8, 8)) < 1 / 3
    for i in range(N):
        if i % 2:
            masks["bright"][i, 1:4, i % 5 : i % 5 + 3] = True
        if i % 3:
            masks["dark"][i, 5:7, i % 4 : i % 4 + 4] = True
    x[masks["bright"][:, None]], x[masks["dark"][:, None]] = 250, 0
    conv, head = nn.Conv2d(1, 4, 1), nn.Linear(256, 2)
    with torch.no_grad():
        conv.weight[:, 0, 0, 0] = torch.tensor([1.0, -1.0, 0.0, 0.0])
        conv.bias.copy_(torch.tensor([-0.5, 0.05, -1.0, 1.0]))  # type: ignore[union-attr]
        weight = torch.zeros(2, 4, 64)
        weight[1, 0] = 1.0  # brightness alone decides
        head.weight.copy_(weight.flatten(1))
        head.bias.copy_(torch.tensor([2.0, 0.0]))
    net = nn.Sequential(conv, nn.ReLU(), nn.Flatten(), head)
    labels = (np.arange(N) % 2).astype(np.int64)
    return InProcess(tmp_path_factory.mktemp("units"), net, x, labels, masks)


DISSECTION = {"quantile": 0.12, "iou": 0.5}
MASKING = {"counts": [0, 1, 4], "attacks": [{"name": "fgsm", "eps": 0.02}]}


def audited(planted: InProcess, slice_size: int = 1000, **explain: Any) -> Audited:
    asked = {"masking": MASKING, "dissection": DISSECTION, "refinement": False, **explain}
    neurons = {"eps": 0.3, "steps": 3}
    return planted.audit(
        slice_size=slice_size, attacks=FGSM, neurons=neurons, explain={"attack": {"name": "pgd", "eps": 0.5}, **asked}
    )


@pytest.fixture(scope="module")
def found(planted: InProcess) -> Audited:
    return audited(planted, slice_size=7)


def test_planted_concepts_are_recovered(planted: InProcess, found: Audited) -> None:
    section = found.report["explain"]["dissection"]
    assert (section["layer"], section["n"], section["concepts"]) == ("0", N, ["nothing", "bright", "dark"])
    units = {unit["unit"]: unit for unit in section["units"]}
    assert (units[0]["concept"], units[1]["concept"]) == ("bright", "dark")
    masks = np.load(found.paths[planted.data.files["masks"].blob.sha256])
    assert masks[:, 1:].mean((0, 2, 3)).max() < 0.12  # so that each place that fires counts
    assert units[0]["iou"] == units[1]["iou"] == 1
    assert units[2]["iou"] == units[3]["iou"] == 0
    assert (section["detectors"], section["by_concept"]) == (2, {"bright": 1, "dark": 1})
    sigma = {row["neuron"]: row["sensitivity"] for row in found.report["neurons"]["layers"][0]["ranking"]}
    iou, sensitivity = zip(*((units[k]["iou"], sigma[k]) for k in range(4)), strict=True)
    assert section["spearman"] == pytest.approx(spearmanr(iou, sensitivity).statistic)
    assert section["mann_whitney_p"] == pytest.approx(mannwhitneyu(sensitivity[:2], sensitivity[2:]).pvalue)
    assert "detect a concept" in found.html


def test_zeroing_the_unit_that_decides_leaves_one_class(found: Audited) -> None:
    section = found.report["explain"]["masking"]
    assert (section["layer"], section["neurons"], section["n"]) == ("0", 4, N)
    points = {(p["group"], p["masked"]): p for p in section["points"]}
    assert [*points] == [(group, k) for group in ("sensitive", "random") for k in (0, 1, 4)]
    ranking = [row["neuron"] for row in found.report["neurons"]["layers"][0]["ranking"]]
    assert ranking[0] == 0
    assert points["sensitive", 0]["clean_accuracy"] == points["random", 0]["clean_accuracy"] == 1
    assert points["sensitive", 1]["clean_accuracy"] == points["random", 4]["clean_accuracy"] == 0.5
    for point in points.values():
        assert 0 <= point["robust_accuracy"]["fgsm-linf-0.02"] <= point["clean_accuracy"]
    # what is left without the unit is constant: no attack moves it
    assert points["sensitive", 1]["robust_accuracy"]["fgsm-linf-0.02"] == 0.5
    assert "zeroed units" in found.html
    assert "masking: 3 numbers of units" in found.check("explain")["detail"]


def test_slices_do_not_matter(planted: InProcess, found: Audited) -> None:
    whole = audited(planted).report["explain"]
    assert whole["dissection"] == found.report["explain"]["dissection"]
    assert whole["masking"] == found.report["explain"]["masking"]


@pytest.mark.parametrize("slice_size", [5, 1000])
def test_concepts_may_come_with_other_images(planted: InProcess, found: Audited, slice_size: int) -> None:
    """The same squares in colour, with labels that the model has no logits for: channels are brought to the model's."""
    x, masks = (np.load(found.paths[planted.data.files[name].blob.sha256]) for name in ("x", "masks"))
    named = dict(zip(["bright", "dark"], np.moveaxis(masks[:, 1:], 1, 0), strict=True))
    planted.add("dst_2", np.repeat(x, 3, 1), np.arange(N, dtype=np.int64), named)
    asked: dict[str, Any] = {"dissection": {**DISSECTION, "dataset_id": "dst_2"}, "masking": None}
    other = audited(planted, slice_size=slice_size, **asked, max_samples=3)
    section, own = other.report["explain"]["dissection"], found.report["explain"]["dissection"]
    assert (section["dataset_id"], own["dataset_id"]) == ("dst_2", None)
    assert (section["n"], section["concepts"]) == (N, ["bright", "dark"])  # all of them, whatever is audited
    assert [u["iou"] for u in section["units"]] == [u["iou"] for u in own["units"]] == [1, 1, 0, 0]
    assert [u["concept"] for u in section["units"][:2]] == ["bright", "dark"]
    assert other.report["dataset"]["id"] == "dst_1"
    if slice_size == 1000:
        few = audited(planted, dissection={**asked["dissection"], "max_samples": 7}, masking=None)
        assert few.report["explain"]["dissection"]["n"] == 7


def test_null_options_are_settled_by_the_model(planted: InProcess) -> None:
    section = audited(planted, masking={"attacks": FGSM}, dissection={"dataset_id": "dst_1"}).report["explain"]
    assert [p["masked"] for p in section["masking"]["points"]] == [0, 1, 2, 0, 1, 2]
    assert (section["dissection"]["quantile"], section["dissection"]["iou"]) == (0.005, 0.04)


@pytest.mark.parametrize(
    ("explain", "pointer"),
    [
        ({"masking": {"counts": [5]}}, "/explain/masking/counts"),
        ({"masking": {"layer": "3"}}, "/explain/masking/layer"),
        ({"masking": {"attacks": [{"name": "fgsm", "mask": "bright"}]}}, "/explain/masking/attacks/0/mask"),
        ({"dissection": {"layer": "nowhere"}}, "/explain/dissection/layer"),
        ({"dissection": {"dataset_id": "maskless"}}, "/explain/dissection/dataset_id"),
        ({"dissection": {"dataset_id": "large"}}, "/explain/dissection/dataset_id"),
    ],
)
def test_what_cannot_be_done_is_refused(planted: InProcess, explain: dict[str, Any], pointer: str) -> None:
    plain = np.zeros((2, 1, 8, 8), np.uint8)
    planted.add("maskless", plain, np.zeros(2, np.int64))
    large = {"any": np.ones((2, 9, 9), bool)}
    planted.add("large", np.zeros((2, 1, 9, 9), np.uint8), np.zeros(2, np.int64), large)
    with pytest.raises((InvalidField, DatasetMismatch)) as error:
        audited(planted, **explain)
    assert error.value.errors is not None
    assert error.value.errors[0].pointer == pointer


def test_units_need_sensitivities_and_masks(planted: InProcess, small: InProcess) -> None:
    with pytest.raises(InvalidField, match="leave `neurons`"):
        planted.audit(attacks=FGSM, neurons=None, explain={"masking": {}})
    with pytest.raises(InvalidField, match="carries no masks"):
        small.audit(attacks=FGSM, explain={"dissection": {}})

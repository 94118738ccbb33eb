"""Attacks that stay inside masks: of the data set, or of what an earlier search of regions found."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from openapi.problems import InvalidField
from service.orchestrator.subjects import MaskFile
from tests.analyses.in_process import Audited, InProcess
from tests.analyses.test_regions import found as found
from tests.analyses.test_regions import planted as planted

FGSM = [{"name": "fgsm", "eps": 0.1}]


@pytest.mark.slow
def test_an_attack_stays_inside_the_masks_that_it_names(planted: InProcess) -> None:
    specs: list[dict[str, Any]] = [
        {"name": "pgd", "eps": 0.9, "mask": mask}
        for mask in ("eye", ["ear"], {"concepts": ["eye", "ear"]}, {"concepts": ["eye"], "outside": True})
    ]
    asked: dict[str, Any] = {"attacks": [*specs, {"name": "pgd", "eps": 0.9}], "neurons": None, "keep_examples": True}
    explain = {"attack": specs[0], "map": "asm", "refinement": False}
    found = planted.audit(explain=explain, slice_size=5, **asked)
    masks = np.load(found.paths[planted.data.files["masks"].blob.sha256])
    x = np.load(found.paths[planted.data.files["x"].blob.sha256]).astype(np.float32) / 255
    eye, ear = masks[:, 0], masks[:, 1]
    for i, free in enumerate((eye, ear, eye | ear, ~eye, np.ones_like(eye))):
        outcome = found.report["attacks"][i]
        with np.load(found.files[f"examples.{i}"]) as kept:
            assert not ((kept["x"] != x[kept["index"]]).any(1) & ~free[kept["index"]]).any()
        assert outcome["robust"] == (~free[:, 2, 5]).sum()
        assert outcome["figures"].get("without_region") == (None if i == 4 else (~free.any((1, 2))).sum())
    threats = [attack["threat_model"] for attack in found.report["attacks"]]
    assert len({*threats}) == len(found.report["worst_case"]) == 5
    assert threats[3] == f"{threats[4]} region=outside eye"
    section = found.report["explain"]
    assert (section["tried"], section["n"]) == (12, eye[:, 2, 5].sum())
    assert "inside eye" in found.html


def with_masks_of(subject: InProcess, found: Audited, **other: Any) -> None:
    blob = found.results["report"].files["regions"].blob
    files = {"art_1": MaskFile(**{"blob": blob, "kind": "regions", "dataset_id": "dst_1", **other})}
    subject.data = replace(subject.data, mask_files=files)


@pytest.mark.slow
def test_an_attack_stays_where_an_earlier_search_found_vulnerable_pixels(planted: InProcess) -> None:
    search = {"segmentation": "grid", "segments": 4, "semantic": "entropy", "max_samples": 10}
    earlier = planted.audit(attacks=FGSM, neurons=None, regions=search)
    with_masks_of(planted, earlier)
    specs: list[dict[str, Any]] = [
        {"name": "pgd", "eps": 0.9, "mask": {"artifact_id": "art_1", **mask}}
        for mask in ({}, {"outside": True}, {"array": "tried"})
    ]
    found = planted.audit(attacks=specs, neurons=None, keep_examples=True, slice_size=7)
    x = np.load(found.paths[planted.data.files["x"].blob.sha256]).astype(np.float32) / 255
    vulnerable, outside, tried = found.report["attacks"]
    # ten images were searched: the pixel (2, 5) decides in each, and the other two have no region at all
    assert [a["robust"] for a in (vulnerable, outside, tried)] == [2, 12, 2]
    assert [a["figures"]["without_region"] for a in (vulnerable, outside, tried)] == [2, 2, 2]
    assert vulnerable["threat_model"].endswith("region=vulnerable of art_1")
    with np.load(found.files["examples.0"]) as kept:
        changed = np.argwhere((kept["x"] != x[kept["index"]]).any(1))
        assert sorted(set(kept["index"][kept["success"]].tolist())) == list(range(10))
    assert {tuple(at[1:]) for at in changed.tolist()} == {(2, 5)}


@pytest.mark.parametrize(
    ("other", "message"),
    [
        ({"kind": "report"}, "of kind 'report'; masks are read of regions"),
        ({"dataset_id": "dst_2"}, "of other images"),
    ],
)
def test_artifacts_without_masks_of_these_images_are_refused(
    planted: InProcess, found: Audited, other: dict[str, Any], message: str
) -> None:
    with_masks_of(planted, found, **other)
    with pytest.raises(InvalidField, match=message) as error:
        planted.audit(attacks=[{"name": "fgsm", "mask": {"artifact_id": "art_1"}}], neurons=None)
    assert error.value.errors is not None
    assert error.value.errors[0].pointer == "/attacks/0/mask/artifact_id"


@pytest.fixture(scope="module")
def partly(tmp_path_factory: pytest.TempPathFactory) -> InProcess:
    """Masks: `none` is in no image, `some` not in the first five, `all` in all. The image 0 is misclassified."""
    head = nn.Linear(64, 2)
    net = nn.Sequential(nn.Flatten(), head)
    with torch.no_grad():
        for parameter in net.parameters():
            parameter.zero_()
        head.bias[0], head.weight[1, 0] = 1.0, 2.0
    masks = {"none": np.zeros((10, 8, 8), bool), "some": np.zeros((10, 8, 8), bool), "all": np.ones((10, 8, 8), bool)}
    masks["some"][5:, 0, 0] = True
    y = np.zeros(10, np.int64)
    y[0] = 1
    return InProcess(tmp_path_factory.mktemp("partly"), net, np.zeros((10, 1, 8, 8), np.uint8), y, masks)


def pgd_in(*masks: str) -> list[dict[str, Any]]:
    return [{"name": "pgd", "eps": 1, "steps": 5, "id": mask, "mask": mask} for mask in masks]


def judged(subject: InProcess, masks: tuple[str, ...], *rules: tuple[str, str, float]) -> tuple[Audited, list[str]]:
    policy = {"rules": [{"metric": metric, "op": op, "value": value} for metric, op, value in rules]}
    found = subject.audit(attacks=pgd_in(*masks), neurons=None, policy=policy)
    verdict = found.report["verdict"]
    return found, [verdict["status"], *(rule["status"] for rule in verdict["rules"])]


def headline(found: Audited) -> dict[str, Any]:
    told: dict[str, Any] = found.results["report"].value["headline"]
    return told


def test_images_without_the_region_fail_a_check(partly: InProcess) -> None:
    found, states = judged(partly, ("none", "some", "all"), ("attacks.some.robust_accuracy", ">=", 0.3))
    assert [attack["robust"] for attack in found.report["attacks"]] == [9, 4, 0]
    assert states == ["pass", "pass"]  # the check tells of the images; the number is one of attacks
    check = found.check("region-in-every-image")
    assert check["status"] == "fail"
    assert check["numbers"] == {
        "without_region": {"none": 10, "some": 5},
        "not_fooled": {"none": 9, "some": 4},
        "n": 10,
    }
    assert "some: 5 of 10 images have no pixel in the region 'some'" in check["detail"]
    assert "the 4 of them that are classified correctly count as not fooled" in check["detail"]
    assert "all:" not in check["detail"]
    assert "5 of 10 images have no pixel in the region" in found.html
    assert "without_region" in found.report["definitions"]["region"]
    assert (headline(found)["worst_case"], headline(found)["threat_model"]) == (0.0, "linf eps=1 region=all")


def test_the_headline_has_no_worst_case_where_nothing_was_attacked(partly: InProcess) -> None:
    found, _ = judged(partly, ("none",))
    assert headline(found) == {"clean_accuracy": 0.9, "worst_case": None, "threat_model": None, "n": 10}


def test_the_check_passes_where_every_image_has_the_region_and_is_not_there_without_one(partly: InProcess) -> None:
    found, _ = judged(partly, ("all",))
    assert found.check("region-in-every-image")["status"] == "pass"
    plain = partly.audit(attacks=FGSM, neurons=None).report
    assert "region-in-every-image" not in {check["id"] for check in plain["checks"]}
    assert "region" not in plain["definitions"]


def test_a_rule_on_an_attack_that_met_no_image_is_inconclusive(partly: InProcess) -> None:
    worst, of_all = "worst_case.robust_accuracy", "attacks.all.robust_accuracy"
    found, states = judged(
        partly,
        ("none",),
        (worst, ">=", 0.5),
        ("attacks.none.robust_accuracy", ">", 0.5),
        ("attacks.none.by_class.0.robust_accuracy", ">=", 0.5),
        ("classes.0.robust_accuracy", ">=", 0.5),
        (worst, "<=", 0.5),
        (worst, ">=", 0.95),  # not even all that are classified correctly are so many
        ("clean.accuracy", ">=", 0.5),
        ("checks.region-in-every-image", "==", 1),
    )
    assert states == ["fail", *["inconclusive"] * 5, "fail", "pass", "fail"]
    rule = found.report["verdict"]["rules"][0]
    assert rule["actual"] is None
    assert rule["detail"] == "no image has the region that none may change: nothing was attacked"
    both = judged(partly, ("none", "all"), (of_all, "<=", 0.0), (worst, ">=", 0.0), (worst, ">=", 0.5))[1]
    assert both == ["fail", "pass", "inconclusive", "fail"]
    assert judged(partly, ("none",), (worst, ">=", 0.5))[1] == ["inconclusive"] * 2


@pytest.mark.parametrize(
    ("asked", "pointer"),
    [
        ({"attacks": [{"name": "fgsm", "mask": "nose"}]}, "/attacks/0/mask/concepts/0"),
        ({"attacks": FGSM, "explain": {"attack": {"name": "fgsm", "mask": "nose"}}}, "/explain/attack/mask/concepts/0"),
        (
            {"attacks": FGSM, "explain": {"compare": [{"name": "fgsm", "mask": "nose"}]}},
            "/explain/compare/0/mask/concepts/0",
        ),
        (
            {"attacks": FGSM, "neurons": {"suppression": {"attacks": [{"name": "fgsm", "mask": "eye"}]}}},
            "/neurons/suppression/attacks/0/mask",
        ),
        (
            {"attacks": FGSM, "neurons": {"vulnerability": {"attack": {"name": "fgsm", "mask": "eye"}}}},
            "/neurons/vulnerability/attack/mask",
        ),
    ],
)
def test_masks_that_are_not_there_or_not_understood_are_refused(
    request: pytest.FixtureRequest, asked: dict[str, Any], pointer: str
) -> None:
    with pytest.raises(InvalidField) as error:
        request.getfixturevalue("planted" if "nose" in str(asked) else "small").audit(**asked)
    assert error.value.errors is not None
    assert error.value.errors[0].pointer == pointer


def test_a_mask_needs_a_data_set_that_carries_masks(small: InProcess) -> None:
    with pytest.raises(InvalidField, match="carries no masks"):
        small.audit(attacks=[{"name": "fgsm", "mask": "eye"}])

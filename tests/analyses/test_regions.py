"""Regions in a whole audit: the report beside a search that is made here."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from openapi.audits import AuditRequest
from openapi.problems import InvalidField
from service.orchestrator.analyses import regions as regions_steps
from service.orchestrator.analyses.base import Planning
from tests.analyses.conftest import net
from tests.analyses.in_process import Audited, InProcess
from workers.regions.explore import Plan, explore

FGSM = [{"name": "fgsm", "eps": 0.1}]
ASKED = {
    "segmentation": "grid",
    "segments": 4,
    "values": "corners",
    "semantic": "entropy",
    "pixels": 2,
    "max_samples": 15,
}


def audited(small: InProcess, slice_size: int = 1000, batch_size: int | None = None, **regions: Any) -> Audited:
    asked = {"attacks": FGSM, "neurons": None, "regions": {**ASKED, **regions}}
    return small.audit(slice_size=slice_size, batch_size=batch_size, **asked)


@pytest.fixture(scope="module")
def found(small: InProcess) -> Audited:
    return audited(small)


def test_the_report_holds_what_a_search_finds(small: InProcess, found: Audited) -> None:
    section = found.report["regions"]
    x, y = (np.load(found.paths[small.data.files[name].blob.sha256])[:15] for name in "xy")
    images = torch.from_numpy(x).float() / 255
    plan = Plan(segmentation="grid", segments=4, semantic="entropy", pixels=2)
    expected = list(explore(net(), images, torch.from_numpy(y), torch.arange(15), plan))
    assert section["n"] == len(expected) > 2
    extreme = sum(int(np.isin(x[one.index], (0, 255)).sum()) for one in expected)  # one of both values changes nothing
    assert section["queries"] == sum(one.queries for one in expected) == section["n"] * 64 * 2 - extreme
    assert sum(bool(one.regions) for one in expected) == len(section["samples"])
    for one, told in zip(expected, section["samples"], strict=True):
        assert (told["index"], told["few_pixels"], told["needed_budget"]) == (one.index, one.few_pixels, one.needed)
        assert [r["vulnerable"] for r in told["regions"]] == [r.vulnerable for r in one.regions]
        assert [r["semantic"] for r in told["regions"]] == pytest.approx([r.semantic for r in one.regions])
    assert section["curve"]["success"][-1] == section["vulnerable"] / section["n"]
    assert section["few_pixels"]["success"][0] == section["vulnerable"] / section["n"]
    assert section["spearman"]["n"] == 4 * section["n"]
    check = found.check("regions")
    assert (check["status"], check["numbers"]["images"]) == ("pass", section["n"])
    assert "regions.success" in found.report["definitions"]
    assert found.report["neurons"] is None
    assert "Vulnerability by region" in found.html


@pytest.mark.slow
@pytest.mark.parametrize("slice_size", [4, 7])
def test_slices_and_batches_do_not_matter(small: InProcess, found: Audited, slice_size: int) -> None:
    small.forget()
    other = audited(small, slice_size=slice_size, batch_size=5)
    assert other.report["regions"] == found.report["regions"]
    with np.load(found.files["regions"]) as a, np.load(other.files["regions"]) as b:
        assert set(a.files) == set(b.files)
        for name in a.files:
            np.testing.assert_array_equal(a[name], b[name])


@pytest.mark.slow
def test_steps_of_a_few_images_do_not_matter(small: InProcess, found: Audited, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(regions_steps, "_STEP_PIXELS", 5 * 64)
    other = audited(small, slice_size=8)
    steps = [step for step in other.steps if step.name.startswith("regions.")]
    assert [step.weight for step in steps] == [5, 3, 5, 2]
    assert other.report["regions"] == found.report["regions"]
    with np.load(found.files["regions"]) as a, np.load(other.files["regions"]) as b:
        for name in a.files:
            np.testing.assert_array_equal(a[name], b[name])


@pytest.mark.parametrize(("side", "expected"), [(8, 1), (32, 2), (100, 20), (224, 20)])
def test_a_step_has_as_many_images_as_fit_into_minutes(small: InProcess, side: int, expected: int) -> None:
    spec = small.model.inspection.input.model_copy(update={"shape": (1, side, side)})
    inspection = small.model.inspection.model_copy(update={"input": spec})
    model = replace(small.model, inspection=inspection)
    asked = AuditRequest.model_validate({"model_id": "m", "dataset_id": "d", "regions": {}})
    plan = Planning(asked, model, small.data, [(0, 20)])
    assert asked.regions is not None
    steps = regions_steps.steps(asked.regions, plan)
    assert len(steps) == expected
    assert sum(step.weight for step in steps) == 20


def test_hits_of_the_artifact_replay(small: InProcess, found: Audited) -> None:
    model = net()
    x = np.load(found.paths[small.data.files["x"].blob.sha256]).astype(np.float32) / 255
    with np.load(found.files["regions"]) as kept:
        samples, hits = kept["index"], kept["hit_sample"]
        assert len(hits) == kept["vulnerable"].sum() > 0
        images = torch.from_numpy(x[samples[hits]].copy())
        images[np.arange(len(hits)), :, kept["hit_y"], kept["hit_x"]] = torch.from_numpy(kept["hit_value"])
        with torch.no_grad():
            np.testing.assert_array_equal(model(images).argmax(1).numpy(), kept["hit_class"])
    assert "regions" in {a["kind"] for a in found.report["artifacts"]}


@pytest.mark.slow
def test_null_options_are_settled_by_the_model_and_the_images(small: InProcess) -> None:
    section = audited(small, semantic=None)
    assert (section.report["regions"]["semantic"], section.report["regions"]["budget"]) == ("cam_mass", 1.0)


def test_masks_need_a_data_set_that_carries_them(small: InProcess) -> None:
    with pytest.raises(InvalidField, match="carries no masks"):
        audited(small, segmentation="masks")


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> InProcess:
    """Class 0 unless the pixel (2, 5) is brighter than a half, and no image is; masks `eye`, `ear` overlap."""
    head = nn.Linear(64, 2)
    net = nn.Sequential(nn.Flatten(), head)
    with torch.no_grad():
        for parameter in net.parameters():
            parameter.zero_()
        head.bias[0], head.weight[1, 2 * 8 + 5] = 1.0, 2.0
    eye, ear = np.zeros((12, 8, 8), bool), np.zeros((12, 8, 8), bool)
    for i in range(12):
        eye[i, : 2 + i % 3, 4:] = True  # the pixel is in it where i % 3 > 0
        ear[i, 1:5, :] = True
    ear[11] = False
    x = np.random.default_rng(5).integers(0, 120, (12, 1, 8, 8), dtype=np.uint8)
    folder = tmp_path_factory.mktemp("planted")
    return InProcess(folder, net, x, np.zeros(12, np.int64), {"eye": eye, "ear": ear})


@pytest.mark.slow
def test_a_planted_pixel_is_found_in_its_own_region_alone(planted: InProcess) -> None:
    asked = {"segmentation": "masks", "semantic": "entropy"}
    found = planted.audit(attacks=FGSM, neurons=None, regions=asked, slice_size=5)
    section = found.report["regions"]
    assert (section["n"], section["vulnerable"]) == (12, 12)
    for sample in section["samples"]:
        i = sample["index"]
        names = [region["name"] for region in sample["regions"]]
        assert names == (["eye", "rest"] if i == 11 else ["eye", "ear", "rest"])
        home = "eye" if i % 3 else "ear"
        for region in sample["regions"]:
            assert (region["vulnerable"], region["classes"]) == ((1, {"1": 1}) if region["name"] == home else (0, {}))
        pixels = dict(zip(names, (region["pixels"] for region in sample["regions"]), strict=True))
        height = 2 + i % 3
        both = {"eye": 4 * height, "ear": 32 - 4 * (height - 1), "rest": 64 - 32 - 4}  # a pixel of both is the first's
        assert pixels == (both if i != 11 else {"eye": 16, "rest": 48})
    with np.load(found.files["regions"]) as kept:
        assert set(zip(kept["hit_y"].tolist(), kept["hit_x"].tolist(), strict=True)) == {(2, 5)}

"""Explanations in a whole audit: the report beside the artifact, and the artifact beside the model."""

from typing import Any

import numpy as np
import pytest
import torch

from openapi.attacks.base import ATTACKS
from openapi.problems import InvalidField
from tests.analyses.conftest import net
from tests.analyses.in_process import Audited, InProcess
from workers.explain.shares import kinds_of_groups

FGSM = [{"name": "fgsm", "eps": 0.1}]
PGD = {"name": "pgd", "eps": 0.2}


def audited(small: InProcess, slice_size: int = 1000, batch_size: int | None = None, **explain: Any) -> Audited:
    asked = {"attacks": FGSM, "neurons": None, "explain": {"attack": PGD, **explain}}
    return small.audit(slice_size=slice_size, batch_size=batch_size, **asked)


@pytest.fixture(scope="module")
def found(small: InProcess) -> Audited:
    return audited(small)


def test_effects_of_the_artifact_are_those_of_the_model(found: Audited) -> None:
    model, section = net(), found.report["explain"]
    with np.load(found.files["explanations"]) as kept:
        n = len(kept["index"])
        assert n == section["n"] == len(section["samples"]) > 2
        assert kept["promotion"].shape == kept["kind"].shape == (n, 4, 4)
        assert kept["maps"].shape == (n, 4, 8, 8)
        x, x_adv = torch.from_numpy(kept["x"]), torch.from_numpy(kept["x_adv"])
        target, label = torch.from_numpy(kept["target"]), torch.from_numpy(kept["label"])
        each = torch.arange(n)
        with torch.no_grad():
            z = model(x_adv)
            assert torch.equal(z.argmax(1), target)
            for r, c in ((0, 0), (1, 3), (3, 2)):
                part = np.s_[:, :, 2 * r : 2 * r + 2, 2 * c : 2 * c + 2]
                undone = x_adv.clone()
                undone[part] = x[part]
                back = model(undone)
                promoted, suppressed = (z - back)[each, target], (back - z)[each, label]
                np.testing.assert_allclose(kept["promotion"][:, r, c], promoted.numpy(), atol=1e-5)
                np.testing.assert_allclose(kept["suppression"][:, r, c], suppressed.numpy(), atol=1e-5)
            assert (model(torch.from_numpy(kept["x_refined"])).argmax(1) != label).all()
        np.testing.assert_array_equal(kept["kind"], kinds_of_groups(kept["promotion"], kept["suppression"], 1e-3))


def test_the_report_is_the_mean_of_the_artifact(found: Audited) -> None:
    section = found.report["explain"]
    with np.load(found.files["explanations"]) as kept:
        for code, kind in ((-1, "suppression"), (0, "balanced"), (1, "promotion"), (2, "negligible")):
            share = ((kept["kind"] == code) & kept["touched"]).sum((1, 2)) / kept["touched"].sum((1, 2))
            assert section["shares"][kind] == pytest.approx(share.mean())
            assert section["intervals"][kind][0] <= share.mean() <= section["intervals"][kind][1]
        delta = (kept["x_adv"] - kept["x"]).astype(np.float64)
        length = np.sqrt((delta**2).sum((1, 2, 3)))
        assert [s["l2"] for s in section["samples"]] == pytest.approx(length.tolist())
        pruned = np.sqrt(((kept["x_refined"] - kept["x"]).astype(np.float64) ** 2).sum((1, 2, 3)))
        assert section["refinement"]["before"] == pytest.approx(length.mean())
        assert section["refinement"]["after"] == pytest.approx(pruned.mean())
        assert section["refinement"]["after"] < section["refinement"]["before"]
        assert section["refinement"]["success"] == 1
        scores = []
        for i, values in enumerate(kept["maps"][:, 0]):
            inside = values >= np.sort(values.ravel())[int(0.7 * values.size)]
            scores.append(np.sqrt((delta[i] ** 2).sum(0)[inside].sum()) / length[i])
        assert section["interpretability"]["true"]["score"] == pytest.approx(np.mean(scores))
    assert sum(section["shares"].values()) == pytest.approx(1)
    assert section["map"] == "grad_cam"
    assert found.check("explain")["status"] == "pass"
    assert "explain.shares" in found.report["definitions"]
    assert "promotion and suppression" in found.html


@pytest.mark.slow
@pytest.mark.parametrize("slice_size", [5, 8])
def test_slices_and_batches_do_not_matter(small: InProcess, found: Audited, slice_size: int) -> None:
    small.forget()
    other = audited(small, slice_size=slice_size, batch_size=4).report["explain"]
    same = found.report["explain"]
    assert [s["index"] for s in other["samples"]] == [s["index"] for s in same["samples"]]
    assert [s["target"] for s in other["samples"]] == [s["target"] for s in same["samples"]]
    assert [s["l2"] for s in other["samples"]] == pytest.approx([s["l2"] for s in same["samples"]], rel=1e-4)
    assert other["shares"] == pytest.approx(same["shares"], abs=0.02)


@pytest.mark.slow
def test_each_sample_may_have_a_target_of_its_own(small: InProcess) -> None:
    for targets in ("runner_up", "random"):
        section = audited(small, targets=targets, refinement=False, attack={**PGD, "eps": 0.4}).report["explain"]
        assert section["refinement"] is None
        assert 0 < section["n"] <= section["tried"]
        assert all(s["target"] != s["label"] for s in section["samples"])
    assert len({s["target"] for s in section["samples"]}) > 1


@pytest.mark.slow
def test_saliency_and_a_layer_can_be_asked_for(small: InProcess) -> None:
    assert audited(small, map="asm").report["explain"]["map"] == "asm"
    section = audited(small, layer="conv2").report["explain"]
    assert section["map"] == "grad_cam"
    assert section["curve"]["true_chance"] == sorted(section["curve"]["true_chance"], reverse=True)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"attack": {"name": "cw"}, "targets": "random"}, "does not aim"),
        ({"layer": "conv9"}, "no layer"),
        ({"layer": "conv2", "map": "asm"}, "of the image itself"),
        ({"attack": {**PGD, "target": 7}}, "3 classes"),
    ],
)
def test_what_cannot_be_explained_is_refused(small: InProcess, options: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidField, match=message) as error:
        audited(small, **options)
    assert error.value.errors is not None
    assert error.value.errors[0].pointer.startswith("/explain/")


CW = {"name": "cw", "initial_const": 1, "steps": 100}
FIVE = [CW, {"name": "ead"}, {"name": "strattack"}, {"name": "ifgsm", "eps": 0.3}, PGD]


@pytest.mark.slow
def test_five_attacks_are_compared_in_one_request(small: InProcess) -> None:
    small.forget()
    one = audited(small, slice_size=8, attack=FIVE[0], compare=FIVE[1:], refinement=False)
    section = one.report["explain"]
    assert [a["attack"]["name"] for a in section["attacks"]] == ["cw", "ead", "strattack", "ifgsm", "pgd"]
    assert len({a["id"] for a in section["attacks"]}) == 5
    indices = []
    for i, attack in enumerate(section["attacks"]):
        assert (attack["n"], attack["success_rate"]) == (len(kept_of(one, i)["index"]), attack["n"] / attack["tried"])
        kept = kept_of(one, i)
        assert attack["sparsity"] == pytest.approx(1 - kept["touched"].mean())
        for code, kind in ((-1, "suppression"), (0, "balanced"), (1, "promotion"), (2, "negligible")):
            share = ((kept["kind"] == code) & kept["touched"]).sum((1, 2)) / kept["touched"].sum((1, 2))
            assert attack["shares"][kind] == pytest.approx(share.mean())
            assert attack["intervals"][kind][0] <= attack["shares"][kind] <= attack["intervals"][kind][1]
        indices.append(set(kept["index"].tolist()))
    common = set.intersection(*indices)
    assert section["common"] == len(common) > 0
    for i, attack in enumerate(section["attacks"]):
        rows = np.isin(kept_of(one, i)["index"], [*common])
        assert attack["common"]["sparsity"] == pytest.approx(1 - kept_of(one, i)["touched"][rows].mean())
    assert "StrAttack" in one.html
    # alone, the first attack has the same section
    alone = audited(small, slice_size=8, attack=FIVE[0], refinement=False).report["explain"]
    assert {**alone, "attacks": None, "common": None} == {**section, "attacks": None, "common": None}


def kept_of(found: Audited, attack: int) -> dict[str, np.ndarray]:
    """The artifact of one of the attacks that are compared."""
    with np.load(found.files["explanations" if attack == 0 else f"explanations_{attack}"]) as kept:
        return dict(kept)


@pytest.mark.slow
def test_strattack_leaves_more_groups_alone_than_cw_where_both_succeed(small: InProcess) -> None:
    found = audited(small, attack=FIVE[2], compare=[CW], refinement=False).report["explain"]
    structured, plain = found["attacks"]
    assert structured["success_rate"] == plain["success_rate"] == 1
    assert found["common"] == structured["n"] == plain["n"]
    assert structured["common"]["sparsity"] > plain["common"]["sparsity"] + 0.2


#: Options with which attacks take little on a small net.
SHORT: dict[str, dict[str, Any]] = {
    "autoattack": {"eps": 0.2},
    "one_pixel": {"population": 10, "generations": 3},
    "spsa": {"eps": 0.2, "steps": 5, "directions": 8},
    "nattack": {"eps": 0.2, "steps": 5, "samples": 10},
    "square": {"eps": 0.2, "queries": 50},
    **{name: {"binary_search_steps": 2, "steps": 20} for name in ("cw", "ead", "strattack")},
    **{name: {"eps": 0.2} for name in ("fgsm", "pgd", "ifgsm", "apgd", "apgd_t", "fab_t")},
    "gaussian_noise": {"severity": 5},
    "corruption": {"severity": 5},
}
OTHERS = [name for name in ATTACKS if name != "pgd"]
#: Eight beside PGD, which always finds something, in one request.
EIGHTS = [OTHERS[i : i + 8] for i in range(0, len(OTHERS), 8)]


@pytest.mark.slow
@pytest.mark.parametrize("names", EIGHTS, ids=[", ".join(names) for names in EIGHTS])
def test_every_attack_of_the_suite_is_explained(small: InProcess, names: list[str]) -> None:
    names = ["pgd", *names]
    first, *rest = ({"name": name, **SHORT.get(name, {})} for name in names)
    asked = {"attack": first, "compare": rest, "refinement": False, "max_samples": 8}
    found = small.audit(attacks=FGSM, neurons=None, explain=asked)
    section, model = found.report["explain"], net()
    assert [attack["attack"]["name"] for attack in section["attacks"]] == names
    for i, attack in enumerate(section["attacks"]):
        with np.load(found.files[f"explanations_{i}" if i else "explanations"]) as kept:
            assert len(kept["index"]) == attack["n"]
            for row in range(attack["n"]):  # one group of each example, by a pass of its own
                label, target = kept["label"][row], kept["target"][row]
                r, c = np.argwhere(kept["touched"][row])[-1]
                undone = kept["x_adv"][row].copy()
                part = np.s_[:, 2 * r : 2 * r + 2, 2 * c : 2 * c + 2]
                undone[part] = kept["x"][row][part]
                with torch.no_grad():
                    z, back = model(torch.from_numpy(np.stack([kept["x_adv"][row], undone]))).double().numpy()
                assert z.argmax() == target != label
                assert kept["promotion"][row, r, c] == pytest.approx(z[target] - back[target], abs=1e-5)
                assert kept["suppression"][row, r, c] == pytest.approx(back[label] - z[label], abs=1e-5)
    assert section["n"] > 0


NOBODY = {"name": "fgsm", "eps": 1e-6}


def test_an_attack_that_fools_nobody_drops_no_other(small: InProcess, found: Audited) -> None:
    other = audited(small, attack=NOBODY, compare=[PGD])
    section, alone = other.report["explain"], found.report["explain"]
    assert (section["n"], section["samples"], section["common"]) == (0, [], alone["n"])
    assert section["shares"] is section["intervals"] is section["sparsity"] is section["curve"] is None
    assert section["refinement"] is section["interpretability"] is None
    first, second = section["attacks"]
    assert (first["n"], first["tried"], first["shares"]) == (0, alone["tried"], None)
    assert {name: second[name] for name in ("n", "shares", "sparsity", "refinement", "interpretability")} == {
        name: alone[name] for name in ("n", "shares", "sparsity", "refinement", "interpretability")
    }
    check = other.check("explain")
    assert check["status"] == "pass"
    assert f"none of {alone['tried']} examples of fgsm fools the model" in check["detail"]
    with np.load(other.files["explanations_1"]) as kept, np.load(found.files["explanations"]) as expected:
        np.testing.assert_array_equal(kept["index"], expected["index"])
    assert "What the groups of a perturbation do" in other.html


def test_where_no_attack_fools_anybody_there_is_no_section(small: InProcess) -> None:
    other = audited(small, attack=NOBODY, compare=[{**NOBODY, "eps": 2e-6}])
    assert other.report["explain"] is None
    detail = other.check("explain")["detail"]
    assert detail.count("examples of fgsm fools the model") == 2


@pytest.mark.parametrize(
    ("compare", "pointer"),
    [
        ([{"name": "fgsm"}, {"name": "pgd", "target": "ship"}], "/explain/compare/1/target"),
        ([{"name": "fgsm", "id": "a"}, {"name": "pgd", "id": "a"}], "/explain/compare"),
    ],
)
def test_attacks_that_cannot_be_compared_are_refused(
    small: InProcess, compare: list[dict[str, Any]], pointer: str
) -> None:
    with pytest.raises(InvalidField) as error:
        audited(small, compare=compare)
    assert error.value.errors is not None
    assert error.value.errors[0].pointer == pointer

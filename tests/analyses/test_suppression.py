"""Suppression: Ω from all slices, curves that merge exactly, and a planted dependence that the test finds."""

from typing import Any

import numpy as np
import pytest
import torch

from openapi.models import InputSpec
from openapi.problems import InvalidField
from tests.analyses.conftest import net
from tests.analyses.in_process import Audited, InProcess
from workers.models.from_module import audit_module
from workers.neurons.attribution import attribute

pytestmark = pytest.mark.slow

FGSM = [{"name": "fgsm", "eps": 0.1}]
SUPPRESSION: dict[str, Any] = {
    "fraction": 0.25, "betas": [1, 0.5, 0], "repeats": 2, "max_samples": 15,
    "attacks": [{"name": "fgsm", "eps": 0.02}, {"name": "gaussian_noise", "severity": 1}],
}  # fmt: skip


def audited(small: InProcess, slice_size: int = 1000, batch_size: int | None = None, **more: Any) -> Audited:
    neurons = {"steps": 3, "suppression": {**SUPPRESSION, **more}}
    return small.audit(slice_size=slice_size, batch_size=batch_size, attacks=FGSM, neurons=neurons)


@pytest.fixture(scope="module")
def found(small: InProcess) -> Audited:
    return audited(small)


def test_omega_is_that_of_all_slices_and_of_hidden_layers_alone(small: InProcess, found: Audited) -> None:
    omega = found.results["omega.0"].value["omega"]
    layers = {layer["name"]: layer for layer in found.report["neurons"]["layers"]}
    assert [*omega] == ["conv1", "conv2", "conv3"]
    assert {name: len(neurons) for name, neurons in omega.items()} == {"conv1": 2, "conv2": 3, "conv3": 4}
    for name, neurons in omega.items():
        assert neurons == [row["neuron"] for row in layers[name]["ranking"][: len(neurons)]]
    cut = audited(small, slice_size=4).results["omega.0"].value["omega"]
    assert cut == omega


def test_every_group_and_beta_has_a_point(small: InProcess, found: Audited) -> None:
    section = found.report["neurons"]["suppression"]
    assert (section["fraction"], section["n"]) == (0.25, 15)
    assert [(p["group"], p["repeat"], p["beta"]) for p in section["points"]] == [
        (group, repeat, beta)
        for group, repeat in (("sensitive", 0), ("control", 0), ("control", 1))
        for beta in (1.0, 0.5, 0.0)
    ]
    assert set(section["points"][0]["robust_accuracy"]) == set(section["attacks"]) == {
        "fgsm-linf-0.02", "gaussian_noise-1",
    }  # fmt: skip
    # β = 1 is the network as it is.
    whole = {(p["clean_accuracy"], tuple(p["robust_accuracy"].values())) for p in section["points"] if p["beta"] == 1}
    assert len(whole) == 1
    labels = np.load(found.paths[small.data.files["y"].blob.sha256])[:15]
    x = torch.from_numpy(np.load(found.paths[small.data.files["x"].blob.sha256])[:15]).float() / 255
    with torch.no_grad():
        assert section["points"][0]["clean_accuracy"] == (net()(x).argmax(1).numpy() == labels).mean()


def test_silenced_neurons_are_those_of_omega(small: InProcess, found: Audited) -> None:
    omega = found.results["omega.0"].value["omega"]
    model = net()

    def silenced(x: torch.Tensor) -> torch.Tensor:
        for name in ("conv1", "conv2", "conv3"):
            x = getattr(model, name)(x).relu()
            x[:, omega[name]] = 0
        logits: torch.Tensor = model.head(x.flatten(1))
        return logits.argmax(1)

    labels = np.load(found.paths[small.data.files["y"].blob.sha256])[:15]
    x = torch.from_numpy(np.load(found.paths[small.data.files["x"].blob.sha256])[:15]).float() / 255
    with torch.no_grad():
        accuracy = (silenced(x).numpy() == labels).mean()
    (point,) = [
        p for p in found.report["neurons"]["suppression"]["points"] if (p["group"], p["beta"]) == ("sensitive", 0.0)
    ]
    assert point["clean_accuracy"] == accuracy


@pytest.mark.parametrize("slice_size", [7, 3])
def test_slices_and_batches_leave_no_trace(small: InProcess, found: Audited, slice_size: int) -> None:
    small.forget()
    cut = audited(small, slice_size=slice_size, batch_size=4)
    assert cut.report["neurons"]["suppression"] == found.report["neurons"]["suppression"]
    test = "neurons.suppression.sensitive_cost_more"
    assert cut.check(test) == found.check(test)


def test_the_steps_wait_for_the_sums_of_all_slices(found: Audited) -> None:
    steps = {step.name: step for step in found.steps}
    assert steps["omega.0"].waits_for == ("sums.0",)
    assert steps["suppressed.2.0"].waits_for == ("omega.0",)
    assert steps["suppressed.2.0"].phase == "neurons.suppression"


def test_the_network_as_it_is_is_attacked_once(small: InProcess, found: Audited) -> None:
    betas = {step.name: step.params.dump()["betas"] for step in found.steps if step.name.startswith("suppressed")}
    assert betas == {"suppressed.0.0": [1.0, 0.5, 0.0], "suppressed.1.0": [0.5, 0.0], "suppressed.2.0": [0.5, 0.0]}
    whole = audited(small, betas=[1], repeats=2)
    assert [step.name for step in whole.steps if step.name.startswith("suppressed")] == ["suppressed.0.0"]
    points = whole.report["neurons"]["suppression"]["points"]
    assert [(p["group"], p["repeat"]) for p in points] == [("sensitive", 0), ("control", 0), ("control", 1)]
    assert len({p["clean_accuracy"] for p in points}) == 1


def test_impossible_attacks_are_refused_where_they_stand(small: InProcess) -> None:
    aimed = [{"name": "fgsm", "eps": 0.1}, {"name": "pgd", "eps": 0.1, "target": 7}]
    with pytest.raises(InvalidField, match="3 classes") as caught:
        audited(small, attacks=aimed)
    assert (caught.value.errors or ())[0].pointer == "/neurons/suppression/attacks/1/target"


def test_the_page_shows_a_chart_an_attack_and_the_test(found: Audited) -> None:
    part = found.html.partition('<section id="neurons-suppression">')[2].partition("</section>")[0]
    assert part.count('role="img"') == 3
    assert "Wilcoxon" in part


@pytest.mark.parametrize("ranking", ["importance", "conductance"])
def test_neurons_may_be_ranked_by_what_they_do_to_the_answer(small: InProcess, ranking: str) -> None:
    told: dict[str, Any] = {"ranking": ranking, "betas": [1, 0], "repeats": 1, "max_samples": 6}
    found = audited(small, **told)
    kept = small.audit(attacks=FGSM, neurons={"steps": 3}, keep_examples=True)
    model = audit_module(net(), InputSpec(shape=(1, 8, 8)))
    with np.load(kept.files["pairs"]) as pairs:
        x, x_adv = (torch.from_numpy(pairs[name]) for name in ("x", "x_adv"))
    y = torch.from_numpy(np.load(found.paths[small.data.files["y"].blob.sha256]))
    layers = ("conv1", "conv2", "conv3")
    values = attribute(model, ranking, x, x_adv, y, layers)  # type: ignore[arg-type]  # one of the two
    omega = found.results["omega.0"].value["omega"]
    for name in layers:
        mean = values[name].mean(0)
        assert omega[name] == mean.argsort(descending=True, stable=True)[: len(omega[name])].tolist()
    assert [len(omega[name]) for name in layers] == [2, 3, 4]
    section = found.report["neurons"]["suppression"]
    assert section["ranking"] == ranking
    assert (
        f"Do {'important neurons' if ranking == 'importance' else 'neurons of the largest conductance'} cost"
        in found.html
    )
    called = "important neurons" if ranking == "importance" else "neurons of the largest conductance"
    assert found.check("neurons.suppression")["title"] == f"Suppression of {called} (after SNS, Fig. 9)"
    assert f"<h3>Suppression of {called} (after SNS, Fig. 9)</h3>" in found.html
    cut = audited(small, slice_size=4, batch_size=3, **told)
    assert cut.results["omega.0"].value == found.results["omega.0"].value
    assert cut.report["neurons"]["suppression"] == section


@pytest.mark.parametrize("ranking", ["ratio", "random"])
def test_the_other_rankings_need_no_gradients(small: InProcess, ranking: str) -> None:
    found = audited(small, ranking=ranking, betas=[0], repeats=1, max_samples=3)
    assert not [step for step in found.steps if step.name.startswith("attribution")]
    assert found.report["neurons"]["suppression"]["ranking"] == ranking

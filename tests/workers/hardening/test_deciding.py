"""What options leave open: layers by criticality, λ by balance or search, epochs by a budget."""

import math
from collections.abc import Callable
from typing import Any

import pytest
import torch
from pydantic import ValidationError
from torch.nn import functional as F

from openapi.hardening_options import HardenOptions
from openapi.stages.harden import LayerCriticality, MeasuredCriticality
from tests.workers.hardening.nets import EPS, options, shipped
from workers.hardening.criticality import (
    Adversarial,
    at_former_weights,
    at_worst_weights,
    least_critical,
    most_critical,
)
from workers.hardening.data import TrainingSet
from workers.hardening.deciding import decide, resolved
from workers.hardening.run import harden
from workers.hardening.saved import Moment, copies
from workers.hardening.training import Hardener
from workers.hardening.watchers import Watchers
from workers.models.audited import AuditedModel

pytestmark = pytest.mark.slow

Fresh = Callable[..., AuditedModel]
LAYERS = ("conv1", "conv2", "conv3")


def silent(*progress: object) -> None:
    pass


def bits(model: AuditedModel) -> dict[str, torch.Tensor]:
    return copies({**model.trainable_parameters(), **dict(model.named_buffers())})


def images(model: AuditedModel, eps: float = EPS) -> Adversarial:
    batches = list(TrainingSet(*shipped("train", 60)).all(30))
    return Adversarial.against(model, batches, options(eps=eps), seed=0)


def test_images_are_made_where_there_is_robustness_to_lose(fresh: Fresh) -> None:
    model = fresh()
    near, far = images(model, 0.001), images(model, 0.5)
    assert near.eps == 0.001
    assert far.eps in {0.5 / 2**k for k in range(1, 7)}
    assert far.measure(model)[0] > 0
    wider = images(model, 2 * far.eps)
    assert wider.eps == far.eps, "the largest of the halves that leaves a quarter"


def test_a_worst_move_is_what_a_gradient_step_of_that_length_costs(fresh: Fresh) -> None:
    model = fresh()
    given = images(model)
    before = bits(model)
    found = at_worst_weights(model, LAYERS, given, silent)
    assert all(torch.equal(value, before[name]) for name, value in bits(model).items())
    x, y = (torch.cat(parts) for parts in zip(*given.batches, strict=True))
    weight = model.trainable_parameters()["conv2.weight"]
    loss = F.cross_entropy(model(x), y)
    (g,) = torch.autograd.grad(loss, weight)
    with torch.no_grad():
        weight.add_(0.02 * weight.norm() * g / g.norm())
        moved = model(x)
    assert found.layers[1].loss_rise == pytest.approx(float(F.cross_entropy(moved, y) - loss.detach()), rel=1e-3)
    fewer = float((model(x).argmax(1) == y).float().mean())
    assert found.layers[1].accuracy_lost == pytest.approx(found.accuracy - fewer, abs=1e-6)
    assert all(layer.loss_rise > 0 for layer in found.layers)


def test_a_layer_that_never_changed_costs_nothing_when_it_comes_back(fresh: Fresh) -> None:
    model, former = fresh(), fresh()
    given = images(model)
    accuracy = given.measure(former)[0]
    with torch.no_grad():
        weight = former.trainable_parameters()["conv3.weight"]
        weight.mul_(-1)
    found = at_former_weights(model, copies(former.trainable_parameters()), LAYERS, given, silent)
    assert [layer.accuracy_lost for layer in found.layers[:2]] == [0, 0]
    assert found.layers[2].accuracy_lost == pytest.approx(accuracy - given.measure(former)[0])
    assert most_critical(found) == ("conv3",)
    assert least_critical(found) in ("conv1", "conv2")


def measured(*lost: tuple[float, float]) -> MeasuredCriticality:
    layers = [LayerCriticality(layer=f"l{i}", accuracy_lost=a, loss_rise=r) for i, (a, r) in enumerate(lost)]
    return MeasuredCriticality(by="weights", eps=0.1, accuracy=0.5, layers=tuple(layers))


def test_layers_above_the_mean_are_chosen_by_accuracy_and_else_by_loss() -> None:
    assert most_critical(measured((0.3, 1), (0.1, 9), (0.2, 1))) == ("l0",)
    assert most_critical(measured((0, 1), (0, 9), (0, 2))) == ("l1",)
    assert most_critical(measured((0.1, 1), (0.1, 1))) == ("l0", "l1")
    assert least_critical(measured((0.1, 1), (0, 9), (0, 2))) == "l2"


@pytest.mark.parametrize("criticality", ["weights", "restoration"])
def test_auto_trains_what_it_found_and_what_was_decided_is_kept(fresh: Fresh, criticality: Any) -> None:
    data, model = TrainingSet(*shipped("train", 120)), fresh(norm=True)
    settings = options(layers="auto", criticality=criticality, epochs=1, pairs=20, batch_size=40)
    before = bits(model)
    found = decide(model, data, settings, seed=1, report=silent)
    assert all(torch.equal(value, before[name]) for name, value in bits(model).items())
    assert found.criticality is not None
    assert found.criticality.by == criticality
    assert [layer.layer for layer in found.criticality.layers] == list(LAYERS)
    assert found.layers == most_critical(found.criticality)
    moments: list[Moment] = []
    result = harden(model, data, settings, seed=1, watchers=Watchers(keep=moments.append))
    assert (result.layers, result.decided) == (found.layers, found)
    named = fresh(norm=True)
    harden(named, data, resolved(settings, found), seed=1)
    expected = bits(named)
    assert all(torch.equal(value, expected[name]) for name, value in bits(model).items())
    again = harden(fresh(norm=True), data, settings, seed=1, moment=moments[-1])
    assert again.decided == found


def test_balanced_terms_weigh_alike_and_together_what_they_did(fresh: Fresh) -> None:
    hardener = Hardener(fresh(), TrainingSet(*shipped("train", 100)), options(lambda_choice="adaptive"), seed=0)
    omega = hardener.watch.select(50, stream=2)
    factors = hardener.watch.balance(omega)
    terms = {}
    with torch.no_grad():
        for name, neurons in omega.items():
            moved = 0.0
            for rows in hardener.watch.monitor:
                both = torch.cat([rows.x, hardener.watch.pairs(rows, 10)])
                a, b = hardener.watch.tapped(both)[1][name][:, neurons].double().chunk(2)
                moved += float((a - b).abs().mean((2, 3)).sum())
            terms[name] = moved / 100
    weighed = [factors[name] * terms[name] for name in terms]
    assert weighed == pytest.approx([sum(terms.values()) / 3] * 3, rel=1e-4)
    assert sum(weighed) == pytest.approx(sum(terms.values()), rel=1e-4)


def test_a_search_takes_the_best_of_three_and_leaves_no_trace(fresh: Fresh) -> None:
    data, model = TrainingSet(*shipped("train", 120)), fresh(norm=True)
    settings = options(lambda_choice="search", validation=0.3, epochs=1, pairs=20, batch_size=40)
    before = bits(model)
    found = decide(model, data, settings, seed=1, report=silent)
    assert all(torch.equal(value, before[name]) for name, value in bits(model).items())
    assert found.trials is not None
    assert [trial.lambda_ for trial in found.trials] == pytest.approx([0.01, 0.05, 0.25])
    best = max(t.clean_accuracy + t.robust_accuracy for t in found.trials)
    assert next(t for t in found.trials if t.clean_accuracy + t.robust_accuracy == best).lambda_ == found.lambda_
    assert resolved(settings, found).lambda_ == found.lambda_


def test_a_budget_becomes_epochs_that_fit_and_leaves_no_trace(fresh: Fresh) -> None:
    data, model = TrainingSet(*shipped("train", 100)), fresh(norm=True)
    before = bits(model)
    for seconds in (0.001, 1e7):
        settings = options(budget={"seconds": seconds}, pairs=20, batch_size=20)
        plan = decide(model, data, settings, seed=0, report=silent).plan
        assert plan is not None
        an_epoch = 5 * plan.seconds_per_batch + plan.seconds_per_judgement
        assert plan.epochs == (1 if seconds < 1 else min(1000, math.floor(1e7 / an_epoch)))
        assert plan.seconds_per_batch > 0
    assert all(torch.equal(value, before[name]) for name, value in bits(model).items())
    result = harden(model, data, options(budget={"seconds": 0.001}, pairs=20, batch_size=50))
    assert [line.epoch for line in result.log] == [0, 1]


def test_rift_trains_one_layer_and_gives_no_robustness_away(fresh: Fresh) -> None:
    data, model = TrainingSet(*shipped("train", 200)), fresh()
    settings = options(method="rift", eps=0.01, epochs=2, validation=0.3, pairs=20, batch_size=40)
    before = bits(model)
    result = harden(model, data, settings, seed=2)
    assert result.decided is not None
    assert result.decided.criticality is not None
    (layer,) = result.layers
    assert layer == least_critical(result.decided.criticality)
    changed = {name for name, value in bits(model).items() if not torch.equal(value, before[name])}
    assert changed <= {f"{layer}.weight", f"{layer}.bias"}
    assert result.frontier is not None
    at = {p.share: p for p in result.frontier.points}
    assert result.frontier.met
    assert at[result.frontier.delivered].robust_accuracy >= at[0.0].robust_accuracy
    assert at[result.frontier.delivered].clean_accuracy >= at[0.0].clean_accuracy


def test_without_a_gpu_mixed_precision_says_that_it_is_none(fresh: Fresh) -> None:
    data = TrainingSet(*shipped("train", 50))
    plain, mixed = fresh(), fresh()
    harden(plain, data, options(epochs=1, pairs=20))
    result = harden(mixed, data, options(epochs=1, pairs=20, precision="mixed"))
    assert result.log[0].note == "precision mixed needs a GPU: this training runs in float32"
    expected = bits(plain)
    assert all(torch.equal(value, expected[name]) for name, value in bits(mixed).items())


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"method": "pat", "lambda_choice": "adaptive"}, "which pat does not have"),
        ({"lambda_choice": "search"}, "set validation"),
        ({"method": "rift"}, "set validation"),
        ({"method": "rift", "validation": 0.1, "layers": "auto"}, "rift stabilises nothing: leave it out"),
        ({"method": "rift", "validation": 0.1, "goal": {"clean_drop": 0.1}}, "leave goal out"),
        ({"keep_frontier": True}, "set goal"),
        ({"budget": {"seconds": 0}}, "greater than 0"),
    ],
)
def test_options_that_do_not_fit_are_refused_in_words(given: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        HardenOptions.model_validate(given)


def test_what_is_not_asked_for_is_no_part_of_the_json() -> None:
    plain = HardenOptions().model_dump(mode="json", by_alias=True)
    assert not {"criticality", "lambda_choice", "precision", "budget", "keep_frontier"} & set(plain)

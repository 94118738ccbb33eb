"""The training loop on a small network and real images."""

import copy
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from openapi.models import InputSpec
from openapi.problems import DatasetMismatch, JobFailed, NotTrainable
from tests.workers.hardening.nets import EPS, options, shipped
from workers.attacks.ball.pairs import dual_pairs
from workers.hardening.data import TrainingSet
from workers.hardening.run import harden
from workers.hardening.training import Hardener
from workers.hardening.watchers import Watchers
from workers.models.audited import AuditedModel
from workers.models.from_module import audit_module
from workers.models.quick.model import QuickModel
from workers.models.sharing import sharing
from workers.neurons.measure import measure_all
from workers.neurons.ranking import sensitivity
from workers.neurons.sums import SensitivitySums

pytestmark = pytest.mark.slow

Fresh = Callable[..., AuditedModel]


def held_out(count: int = 200) -> tuple[Tensor, Tensor, Tensor]:
    pixels, labels = shipped("holdout", count)
    return torch.from_numpy(pixels).float() / 255, torch.from_numpy(labels).long(), torch.arange(count)


def robust_accuracy(model: AuditedModel) -> float:
    x, y, index = held_out()
    x_adv = dual_pairs(model, x, y, index, seed=7, eps=EPS, steps=20)
    with torch.no_grad():
        return float(((model(x).argmax(1) == y) & (model(x_adv).argmax(1) == y)).float().mean())


def parameters(model: AuditedModel) -> dict[str, Tensor]:
    return {name: p.detach().clone() for name, p in model.trainable_parameters().items()}


def sums_on(model: AuditedModel, x: Tensor, x_adv: Tensor) -> SensitivitySums:
    return measure_all(model.tapped("conv"), [(x, x_adv, torch.arange(len(x)))])


def test_hardening_raises_pgd_accuracy_on_held_out_images(fresh: Fresh, train_set: TrainingSet) -> None:
    model = fresh()
    before = robust_accuracy(model)
    result = harden(model, train_set, options(epochs=6, warmup=0.3))
    assert robust_accuracy(model) > before + 0.15
    assert result.log[-1].robust_accuracy > result.log[0].robust_accuracy
    assert [e.epoch for e in result.log] == list(range(7))


def test_l_sns_lowers_sensitivity_in_s_more_than_pat_does(fresh: Fresh, train_set: TrainingSet) -> None:
    final = {}
    for method in ("sns", "pat"):
        log = harden(fresh(), train_set, options(method=method, lambda_=1.0)).log
        final[method] = log[-1].sensitivity
    assert final["sns"] < log[0].sensitivity / 2
    assert final["sns"] < 0.75 * final["pat"]


@pytest.mark.parametrize(
    "change",
    [
        {"layers": ("conv3",), "awp": 0.02, "averaging": 0.9, "accumulate": 2, "augment": ("flip", "crop")},
        {"layers": ("conv3",), "optimizer": "sgd", "weight_decay": 0.1, "lambda_choice": "adaptive"},
        {"layers": 0.34, "validation": 0.2, "goal": {"clean_drop": 0.02}, "selection": "dynamic"},
        {"method": "rift", "layers": ("conv1", "conv3"), "validation": 0.2},
    ],
    ids=["averaged", "decayed", "walked", "rift"],
)
def test_whatever_the_options_frozen_parameters_keep_their_bits(fresh: Fresh, change: dict[str, Any]) -> None:
    model = fresh(norm=True)
    before, data = parameters(model), TrainingSet(*shipped("train", 100))
    result = harden(model, data, options(epochs=1, pairs=20, batch_size=20, **change))
    assert {"conv2.weight", "conv2.bias", "norm2.weight"} <= set(result.frozen)
    kept = {name for name, p in parameters(model).items() if torch.equal(p, before[name])}
    assert kept >= set(result.frozen)
    assert result.frontier is not None or kept == set(result.frozen)


def test_biases_that_training_norms_subtract_are_among_the_frozen(fresh: Fresh) -> None:
    model = fresh(norm=True)
    before, data = parameters(model), TrainingSet(*shipped("train", 40))
    result = harden(model, data, options(epochs=1, pairs=20, batch_size=20, layers=("conv2",)))
    assert result.frozen == ("conv1.weight", "conv1.bias", "norm1.weight", "norm1.bias", "conv2.bias")
    assert {name for name, p in parameters(model).items() if torch.equal(p, before[name])} == set(result.frozen)


def test_frozen_layers_keep_their_bits_and_their_sensitivity(fresh: Fresh, train_set: TrainingSet) -> None:
    model = fresh(norm=True)
    x, y, index = held_out(50)
    x_adv = dual_pairs(model, x, y, index, seed=0, eps=EPS, steps=5)
    before, sigma_before = parameters(model), sums_on(model, x, x_adv)
    buffers = {name: b.clone() for name, b in model.named_buffers()}
    result = harden(model, train_set, options(layers=("conv3",), lambda_=0.3))
    after, sigma_after = parameters(model), sums_on(model, x, x_adv)
    assert result.frozen == ("conv1.weight", "conv1.bias", "norm1.weight", "norm1.bias",
                             "conv2.weight", "conv2.bias", "norm2.weight", "norm2.bias")  # fmt: skip
    for name in before:
        assert torch.equal(before[name], after[name]) == (name in result.frozen), name
    for name, buffer in model.named_buffers():
        assert torch.equal(buffer, buffers[name]), name
    for name in ("conv1", "conv2"):
        np.testing.assert_array_equal(sensitivity(sigma_after.layer(name)), sensitivity(sigma_before.layer(name)))
    omega = list(result.omega["conv3"])
    assert (
        sensitivity(sigma_after.layer("conv3"))[omega].mean() < sensitivity(sigma_before.layer("conv3"))[omega].mean()
    )


def test_omega_is_chosen_on_the_vanilla_model_and_stays(fresh: Fresh, train_set: TrainingSet) -> None:
    hardener = Hardener(fresh(), train_set, options(epochs=1, max_samples=100), seed=3)
    chosen = {name: tuple(neurons.tolist()) for name, neurons in hardener.watch.select(100, stream=2).items()}
    result = hardener.run()
    assert result.omega == chosen
    assert {name: len(neurons) for name, neurons in result.omega.items()} == {"conv1": 1, "conv2": 2, "conv3": 3}


@pytest.mark.parametrize("change", [{}, {"selection": "dynamic"}, {"adversary": "fixed"}, {"selection": "random"}])
def test_equal_seeds_give_equal_weights(fresh: Fresh, change: dict[str, str]) -> None:
    data = TrainingSet(*shipped("train", 150))
    first, second, other = fresh(), fresh(), fresh()
    settings = options(epochs=1, pairs=50, **change)
    harden(first, data, settings, seed=5)
    harden(second, data, settings, seed=5)
    harden(other, data, settings, seed=6)
    a, b, c = parameters(first), parameters(second), parameters(other)
    assert all(torch.equal(a[name], b[name]) for name in a)
    assert not all(torch.equal(a[name], c[name]) for name in a)


@pytest.mark.parametrize("method", ["at", "alp", "trades", "mart"])
def test_the_baselines_gain_too(fresh: Fresh, method: str, train_set: TrainingSet) -> None:
    model = fresh()
    before = robust_accuracy(model)
    log = harden(model, train_set, options(method=method, epochs=4, warmup=0.3)).log
    assert robust_accuracy(model) > before + 0.05
    assert all(line.l_sns == 0 for line in log[1:])


def test_the_loss_of_the_first_batch_is_eq_13(fresh: Fresh, train_set: TrainingSet) -> None:
    hardener = Hardener(fresh(), train_set, options(lambda_=2.0), seed=0)
    hardener.steps.omega = hardener.watch.select(50, stream=2)
    batch = next(hardener.prepared(train_set.shuffled(50, 0, 1), 1, 0))
    loss, l_adv, l_sns = hardener.steps.losses(batch, batch.x.flip(0))
    assert loss.item() == pytest.approx(l_adv.item() + 2 * l_sns.item(), rel=1e-6)
    assert l_sns.item() > 0


def test_madrys_loss_is_that_of_the_adversarial_images_alone(fresh: Fresh, train_set: TrainingSet) -> None:
    hardener = Hardener(fresh(norm=True), train_set, options(method="at"), seed=0)
    batch = next(hardener.prepared(train_set.shuffled(50, 0, 1), 1, 0))
    x_adv = batch.x.flip(0)
    expected = F.cross_entropy(hardener.attacked(x_adv), batch.y)
    assert hardener.steps.losses(batch, x_adv)[0].item() == pytest.approx(expected.item(), rel=1e-6)


@pytest.mark.parametrize("norm", [False, True])
def test_adversaries_are_made_on_the_quick_form_of_the_present_weights(
    fresh: Fresh, norm: bool, train_set: TrainingSet
) -> None:
    hardener = Hardener(fresh(norm=norm), train_set, options(), seed=0)
    x = held_out(8)[0]
    seen = []
    for _ in range(2):
        quick = hardener.quick.now(x)
        assert isinstance(quick, QuickModel)
        torch.testing.assert_close(quick(x), hardener.attacked(x), rtol=1e-4, atol=1e-4)
        seen.append(quick(x).detach())
        with torch.no_grad():
            for parameter in hardener.model.trainable_parameters().values():
                parameter.mul_(1.1)
    assert not torch.allclose(*seen)


def test_two_graphs_share_parameters_but_not_the_norms_mode(fresh: Fresh) -> None:
    model = fresh(norm=True)
    twin = sharing(model)
    x = held_out(8)[0]
    expected = twin(x)
    assert all(a is b for a, b in zip(model.parameters(), twin.parameters(), strict=True))
    assert all(a is b for a, b in zip(model.buffers(), twin.buffers(), strict=True))
    model.set_batch_norm(True)
    assert torch.equal(twin(x), expected)


def test_batch_norm_train_updates_statistics_and_ends_in_eval_mode(fresh: Fresh, train_set: TrainingSet) -> None:
    model = fresh(norm=True)
    before = {name: b.clone() for name, b in model.named_buffers() if "running" in name}
    harden(model, train_set, options(epochs=1, max_samples=100))
    buffers = dict(model.named_buffers())
    assert all(not torch.equal(buffers[name], value) for name, value in before.items())
    x = held_out(8)[0]
    torch.testing.assert_close(model(x)[:1], model(x[:1]), rtol=1e-4, atol=1e-4)


def test_batch_norm_eval_leaves_the_statistics(fresh: Fresh, train_set: TrainingSet) -> None:
    model = fresh(norm=True)
    before = {name: b.clone() for name, b in model.named_buffers()}
    harden(model, train_set, options(epochs=1, batch_norm="eval", max_samples=100))
    assert all(torch.equal(b, before[name]) for name, b in model.named_buffers())


def test_a_loss_that_explodes_ends_with_advice(fresh: Fresh, train_set: TrainingSet) -> None:
    with pytest.raises(JobFailed, match=r"lower lr .* or lambda"):
        harden(fresh(), train_set, options(optimizer="sgd", schedule="constant").model_copy(update={"lr": 1e6}))


def test_weights_that_break_in_an_epochs_last_step_end_with_the_same_advice(fresh: Fresh) -> None:
    one_batch = TrainingSet(*shipped("train", 50))
    with pytest.raises(JobFailed, match=r"weights became NaN or infinite; lower lr"):
        harden(
            fresh(), one_batch, options(optimizer="sgd", pairs=20, schedule="constant").model_copy(update={"lr": 1e38})
        )


def test_progress_counts_batches_to_the_end(fresh: Fresh, train_set: TrainingSet) -> None:
    seen: list[tuple[float, float, str, str | None]] = []
    watchers = Watchers(report=lambda *event: seen.append(event))
    harden(fresh(), TrainingSet(*shipped("train", 200)), options(pairs=100), watchers=watchers)
    phases = list(dict.fromkeys(event[3] for event in seen))
    assert phases == ["select neurons", "harden"]
    assert [event[:3] for event in seen if event[3] == "harden"] == [(i, 8, "batches") for i in range(1, 9)]


def test_a_model_without_parameters_is_refused(vanilla: nn.Module, train_set: TrainingSet) -> None:
    constants = copy.deepcopy(vanilla)
    model = audit_module(constants, InputSpec(shape=(1, 28, 28)))
    for name in list(model.trainable_parameters()):
        owner, _, leaf = name.rpartition(".")
        module = model.graph.get_submodule(owner)
        value = getattr(module, leaf).detach()
        delattr(module, leaf)
        module.register_buffer(leaf, value)
    with pytest.raises(NotTrainable, match="no trainable parameters"):
        harden(model, train_set, options())


def test_labels_beyond_the_logits_are_refused(fresh: Fresh) -> None:
    x, _ = shipped("train", 20)
    with pytest.raises(DatasetMismatch, match="label 10"):
        harden(fresh(), TrainingSet(x, np.arange(20) % 11), options())

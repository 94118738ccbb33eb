"""The moving average of weights, and the batch-norm statistics that belong to it."""

from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from tests.workers.hardening.nets import options, shipped
from workers.attacks.engine.victim import Logits
from workers.hardening.averaging import Average, renew_statistics, restored, training_norms
from workers.hardening.data import TrainingSet
from workers.hardening.layers import train_batch_norm
from workers.hardening.run import harden
from workers.hardening.training import Hardener
from workers.models.audited import AuditedModel


def test_the_average_is_the_recurrence_in_float64() -> None:
    weight = nn.Parameter(torch.tensor([1.0, -2.0]))
    average, expected = Average({"w": weight}, 0.9), np.array([1.0, -2.0])
    for t in range(60):
        with torch.no_grad():
            weight.add_(torch.tensor([0.5, 0.25 * t]))
        average.update()
        d = min(0.9, (1 + t) / (10 + t))
        expected = d * expected + (1 - d) * weight.detach().numpy()
    np.testing.assert_allclose(average.values["w"].numpy(), expected, rtol=1e-5)
    average.put()
    assert torch.equal(weight.detach(), average.values["w"])


def test_restored_puts_values_back_after_an_error() -> None:
    tensor = torch.ones(3)

    def spoil() -> None:
        with restored([tensor]):
            tensor.zero_()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        spoil()
    assert torch.equal(tensor, torch.ones(3))


def test_renewed_statistics_are_the_means_of_the_batches_own(fresh: Callable[..., AuditedModel]) -> None:
    model = fresh(norm=True)
    train_batch_norm(model, "conv1")
    x = torch.from_numpy(shipped("train", 90)[0]).float() / 255
    batches = [x[:30], x[30:60], x[60:]]
    renew_statistics(model, batches)
    tap = model.tapped("conv", ["conv1"])
    buffers = {name: b.clone() for name, b in model.graph.named_buffers()}
    with torch.no_grad():
        maps = [tap(b)[1]["conv1"].double() for b in batches]
    mean = torch.stack([m.mean((0, 2, 3)) for m in maps]).mean(0)
    variance = torch.stack([m.var((0, 2, 3), unbiased=True) for m in maps]).mean(0)
    torch.testing.assert_close(buffers["norm1.running_mean"].double(), mean, rtol=1e-5, atol=1e-6)
    torch.testing.assert_close(buffers["norm1.running_var"].double(), variance, rtol=1e-5, atol=1e-6)
    assert {node.args[6] for node in training_norms(model)} == {0.1}


@pytest.mark.slow
@pytest.mark.parametrize("norm", [False, True])
def test_adversaries_for_statistics_are_made_where_a_norm_trains(
    fresh: Callable[..., AuditedModel], monkeypatch: pytest.MonkeyPatch, norm: bool
) -> None:
    hardener = Hardener(
        fresh(norm=norm),
        TrainingSet(*shipped("train", 40)),
        options(method="pat", batch_size=20, averaging=0.9),
        seed=0,
    )
    asked: list[int] = []
    now = hardener.quick.now

    def noted(images: Tensor) -> Logits:
        asked.append(len(images))
        return now(images)

    monkeypatch.setattr(hardener.quick, "now", noted)
    with hardener.ready():
        hardener.renew_statistics()
    assert asked == ([20, 20] if norm else [])


def test_an_averaged_training_delivers_what_it_judged(fresh: Callable[..., AuditedModel]) -> None:
    model, plain, data = fresh(norm=True), fresh(norm=True), TrainingSet(*shipped("train", 300))
    settings = options(epochs=2, averaging=0.9, validation=0.2)
    result = harden(model, data, settings, seed=1)
    harden(plain, data, settings.model_copy(update={"averaging": None}), seed=1)
    assert not torch.equal(
        dict(model.trainable_parameters())["conv1.weight"], plain.trainable_parameters()["conv1.weight"]
    )
    held_out = data.split(0.2, 1)[1]
    right = sum(int((model(r.x).argmax(1) == r.y).sum()) for r in held_out.all(50))
    assert result.log[-1].validation_clean == pytest.approx(right / len(held_out))

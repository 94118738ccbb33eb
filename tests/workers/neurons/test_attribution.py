"""Importance and conductance of any layer, against φ and the margin that they are parts of."""

import numpy as np
import pytest
import torch

from openapi.models import InputSpec
from tests.workers.neurons.nets import SmallNet
from workers.models.audited import AuditedModel
from workers.models.from_module import audit_module
from workers.neurons.attribution import AttributionSums, attribute
from workers.neurons.heads.last_layer import Penultimate, find_last_layer

HIDDEN = ("conv1", "conv2", "conv3")


@pytest.fixture(scope="module")
def model() -> AuditedModel:
    return audit_module(SmallNet(), InputSpec(shape=(1, 8, 8)))


def images(n: int = 5) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    x = torch.rand(n, 1, 8, 8, generator=torch.Generator().manual_seed(0))
    x_adv = (x + 0.3 * torch.randn(x.shape, generator=torch.Generator().manual_seed(1)).sign()).clamp(0, 1)
    return x, x_adv, torch.arange(n) % 3


def test_importance_of_the_penultimate_layer_is_phi(model: AuditedModel) -> None:
    x, x_adv, y = images()
    last = find_last_layer(model)
    logits, a = (t.detach().numpy() for t in Penultimate(model, last)(x_adv))
    found = attribute(model, "importance", x, x_adv, y, HIDDEN)
    assert list(found) == ["conv1", "conv2", "conv3"]
    np.testing.assert_allclose(found["conv3"].numpy(), last.contributions(a, logits.argmax(1)), rtol=1e-4, atol=1e-7)


def test_conductances_of_each_layer_add_up_to_what_the_margin_gains(model: AuditedModel) -> None:
    x, x_adv, y = images()
    with torch.no_grad():
        z, z_adv = model(x), model(x_adv)
    rival = z_adv.scatter(1, y[:, None], -torch.inf).argmax(1)
    rows = torch.arange(len(x))
    gain = (z_adv[rows, rival] - z_adv[rows, y]) - (z[rows, rival] - z[rows, y])
    for values in attribute(model, "conductance", x, x_adv, y, HIDDEN, steps=200).values():
        torch.testing.assert_close(values.sum(1).float(), gain, rtol=2e-2, atol=2e-3)


def test_the_model_is_afterwards_what_it_was(model: AuditedModel) -> None:
    flags = [p.requires_grad for p in model.parameters()]
    attribute(model, "importance", *images(), HIDDEN)
    assert [p.requires_grad for p in model.parameters()] == flags
    assert all(p.grad is None for p in model.parameters())


def test_means_do_not_depend_on_the_slices(model: AuditedModel) -> None:
    x, x_adv, y = images(7)
    values = attribute(model, "conductance", x, x_adv, y, HIDDEN)
    whole, merged = AttributionSums(), AttributionSums()
    whole.add(values)
    for part in (slice(4, 7), slice(0, 1), slice(1, 4)):
        one = AttributionSums()
        one.add({name: rows[part] for name, rows in values.items()})
        merged.merge(AttributionSums.of(one.arrays(), one.n))
    assert merged.n == whole.n == 7
    for name, mean in whole.mean().items():
        np.testing.assert_array_equal(merged.mean()[name], mean)
        np.testing.assert_allclose(mean, values[name].numpy().mean(0))

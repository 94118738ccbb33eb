"""Activations, importance, conductance and single neurons turned off, beside captum's on random nets and images."""

from functools import cache

import numpy as np
import pytest
import torch
from captum.attr import LayerActivation, LayerConductance, LayerFeatureAblation, LayerGradientXActivation
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from openapi.models import InputSpec
from workers.models.audited import AuditedModel
from workers.models.from_module import audit_module
from workers.neurons.attribution import attribute
from workers.neurons.heads.last_layer import Penultimate, find_last_layer
from workers.neurons.measure import measure_taps
from workers.neurons.norms import NormsModel
from workers.neurons.ranking import sensitivity, sensitivity_ratio
from workers.neurons.sums import SensitivitySums
from workers.neurons.suppression import suppress

pytestmark = pytest.mark.slow

CLASSES = 4
seeds = st.integers(0, 2**31 - 1)
#: Of the weights: an export costs more than all else here.
nets = st.integers(0, 2)


class Net(nn.Sequential):
    """Two convolutions with their ReLUs, average pooling and a head; modules, as captum wants them."""

    def __init__(self, seed: int) -> None:
        with torch.random.fork_rng():
            torch.manual_seed(seed)
            super().__init__(
                nn.Conv2d(2, 5, 3, padding=1), nn.ReLU(), nn.Conv2d(5, 6, 3, stride=2), nn.ReLU(),
                nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(6, CLASSES),
            )  # fmt: skip


#: Layer → its place in the net, and that of its activation.
LAYERS = {"0": (0, 1), "2": (2, 3)}


@cache
def both(seed: int) -> tuple[Net, AuditedModel]:
    """A net, and the same as it is audited."""
    net = Net(seed).eval()
    return net, audit_module(net, InputSpec(shape=(2, 7, 7)))


def pair(seed: int, n: int = 3) -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(seed)
    x = torch.rand(n, 2, 7, 7, generator=generator)
    return x, (x + 0.2 * (2 * torch.rand(x.shape, generator=generator) - 1)).clamp(0, 1)


@settings(max_examples=8, deadline=None)
@given(nets, seeds, st.sampled_from(["conv", "act"]))
def test_sensitivity_is_eq_1_and_11_of_captums_activations(weights: int, seed: int, tap: str) -> None:
    net, model = both(weights)
    x, x_adv = pair(seed)
    sums = SensitivitySums()
    sums.add(measure_taps(NormsModel(model, [tap]), x, x_adv, torch.arange(len(x))).taps[tap])  # type: ignore[list-item, index]
    for name, (conv, act) in LAYERS.items():
        layer = LayerActivation(net, net[conv if tap == "conv" else act])
        a, b = (layer.attribute(images).detach().double().numpy() for images in (x, x_adv))
        moved, size = np.abs(a - b).sum((2, 3)), np.abs(a).sum((2, 3))
        np.testing.assert_allclose(sensitivity(sums.layer(name)), moved.mean(0) / a[0, 0].size, rtol=1e-5)
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = np.where(size > 0, moved / size, np.nan)
        found = sensitivity_ratio(sums.layer(name))
        for m in range(a.shape[1]):
            there = ratio[:, m][~np.isnan(ratio[:, m])]
            if len(there):
                assert found[m] == pytest.approx(there.mean(), rel=1e-4)
            else:
                assert np.isnan(found[m])


@settings(max_examples=8, deadline=None)
@given(nets, seeds)
def test_importance_is_captums_gradient_times_activation(weights: int, seed: int) -> None:
    net, model = both(weights)
    x, x_adv = pair(seed)
    target = net(x_adv).argmax(1)
    found = attribute(model, "importance", x, x_adv, torch.zeros(len(x), dtype=torch.int64), tuple(LAYERS))
    for name, (_, act) in LAYERS.items():
        theirs = LayerGradientXActivation(net, net[act]).attribute(x_adv, target=target)
        np.testing.assert_allclose(
            found[name].numpy(), theirs.detach().double().sum((2, 3)).numpy(), rtol=1e-4, atol=1e-6
        )


@settings(max_examples=8, deadline=None)
@given(nets, seeds, st.integers(0, CLASSES - 1))
def test_contributions_are_captums_for_any_class(weights: int, seed: int, target: int) -> None:
    """SNS, Eq. 3: of the neurons before a linear layer the gradient of a logit is its weight."""
    net, model = both(weights)
    _, x_adv = pair(seed)
    last = find_last_layer(model)
    with torch.no_grad():
        _, a = Penultimate(model, last)(x_adv)
    phi = last.contributions(a.numpy(), np.full(len(a), target))
    theirs = LayerGradientXActivation(net, net[5]).attribute(x_adv, target=target)
    np.testing.assert_allclose(phi, theirs.detach().numpy(), rtol=1e-4, atol=1e-6)


class Margin(nn.Module):
    """z_a − z_y of each image."""

    def __init__(self, net: Net) -> None:
        super().__init__()
        self.net = net

    def forward(self, x: Tensor, rivals: Tensor, y: Tensor) -> Tensor:
        z = self.net(x)
        margin: Tensor = z.gather(1, rivals[:, None]) - z.gather(1, y[:, None])
        return margin[:, 0]


@settings(max_examples=4, deadline=None)
@given(nets, seeds)
def test_conductance_is_captums_between_both_images(weights: int, seed: int) -> None:
    """Both are sums over the same straight line; ours takes the slope's mean over a step, captum its beginning."""
    net, model = both(weights)
    x, x_adv = pair(seed)
    with torch.no_grad():
        y = net(x).argsort(1)[:, 0]
        rivals = net(x_adv).scatter(1, y[:, None], -torch.inf).argmax(1)
    found = attribute(model, "conductance", x, x_adv, y, tuple(LAYERS), steps=400)
    for name, (_, act) in LAYERS.items():
        theirs = LayerConductance(Margin(net), net[act]).attribute(
            x_adv, baselines=x, additional_forward_args=(rivals, y), n_steps=400, method="riemann_trapezoid"
        )
        expected = theirs.detach().double().sum((2, 3)).numpy()
        scale = np.abs(expected).sum(1, keepdims=True) + 1e-6
        assert np.abs(found[name].numpy() - expected).max() <= 2e-2 * scale.max()


@settings(max_examples=6, deadline=None)
@given(nets, seeds, st.integers(0, 4))
def test_a_neuron_turned_off_is_captums_ablation(weights: int, seed: int, neuron: int) -> None:
    net, model = both(weights)
    x, _ = pair(seed)
    target = net(x).argmax(1)
    mask = torch.arange(5).reshape(1, 5, 1, 1).expand(1, 5, 7, 7)
    with torch.no_grad():
        theirs = LayerFeatureAblation(net, net[1]).attribute(x, target=target, layer_mask=mask)
        lost = model(x) - suppress(model, {"0": [neuron]}, 0.0)(x)
    # captum gives every number of a map the part of the whole map
    np.testing.assert_allclose(lost.gather(1, target[:, None])[:, 0], theirs[:, neuron, 0, 0], rtol=1e-4, atol=1e-6)

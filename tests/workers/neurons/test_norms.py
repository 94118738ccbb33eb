"""Norms taken inside the graph against activations that are held and summed in float64."""

import numpy as np
import pytest
import torch

from openapi.analyses.sensitivity import Tap
from openapi.models import InputSpec
from openapi.problems import ModelNumerics
from tests.workers.models.onnx.nets import build
from tests.workers.neurons.nets import SmallNet
from workers.models.audited import AuditedModel
from workers.models.from_module import audit_module
from workers.neurons.measure import measure_taps
from workers.neurons.norms import NormsModel

TAPS: tuple[Tap, ...] = ("conv", "norm", "act", "pool")


def audited(family: str) -> tuple[AuditedModel, torch.Tensor]:
    net, x = build(family)
    return audit_module(net, InputSpec(shape=tuple(x.shape[1:]))).freeze(), x


def twins(x: torch.Tensor) -> torch.Tensor:
    noise = torch.randn(x.shape, generator=torch.Generator().manual_seed(5))
    return (x + 0.05 * noise.sign()).clamp(0, 1)


@pytest.mark.slow
@pytest.mark.parametrize("family", ["vgg_bn", "resnet", "vit"])
def test_every_layer_and_tap_in_one_pass(family: str) -> None:
    model, x = audited(family)
    x_adv = twins(x)
    found = measure_taps(NormsModel(model, TAPS), x, x_adv, torch.arange(2))
    torch.testing.assert_close(found.logits, model(x), rtol=1e-4, atol=1e-5)
    torch.testing.assert_close(found.logits_adv, model(x_adv), rtol=1e-4, atol=1e-5)
    for tap in TAPS:
        with torch.no_grad():
            _, held = model.tapped(tap)(torch.cat([x, x_adv]))
        assert list(found.taps[tap]) == list(held)
        for layer, activation in held.items():
            benign, adversarial = activation.double().reshape(2, 2, activation.shape[1], -1).numpy()
            batch = found.taps[tap][layer]
            assert batch.dim == benign.shape[2]
            np.testing.assert_allclose(batch.difference, np.abs(benign - adversarial).sum(2), rtol=1e-6, atol=1e-6)
            np.testing.assert_allclose(batch.benign, np.abs(benign).sum(2), rtol=1e-6)


def test_large_maps_are_taken_a_few_images_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    model = audit_module(SmallNet(), InputSpec(shape=(1, 8, 8)))
    x = torch.rand(5, 1, 8, 8, generator=torch.Generator().manual_seed(1))
    whole = measure_taps(NormsModel(model, ["conv"]), x, twins(x), torch.arange(5)).taps["conv"]
    monkeypatch.setattr("workers.neurons.norms._AT_ONCE", 1)
    single = measure_taps(NormsModel(model, ["conv"]), x, twins(x), torch.arange(5)).taps["conv"]
    for layer in whole:
        np.testing.assert_array_equal(whole[layer].difference, single[layer].difference)


def test_twins_may_share_their_image() -> None:
    model = audit_module(SmallNet(), InputSpec(shape=(1, 8, 8)))
    norms = NormsModel(model, ["act"])
    x = torch.rand(3, 1, 8, 8, generator=torch.Generator().manual_seed(1))
    of = torch.tensor([2, 0, 2, 1])
    x_adv = twins(x[of])
    shared = measure_taps(norms, x, x_adv, torch.arange(4), of)
    alone = measure_taps(norms, x[of], x_adv, torch.arange(4))
    assert (len(shared.logits), len(shared.logits_adv)) == (3, 4)
    torch.testing.assert_close(shared.logits_adv, alone.logits_adv)
    for layer, batch in alone.taps["act"].items():
        for name in ("difference", "benign"):
            found = getattr(shared.taps["act"][layer], name)
            np.testing.assert_allclose(found, getattr(batch, name), rtol=1e-5, atol=1e-6)
    broken = x_adv.clone()
    broken[2] = torch.nan
    with pytest.raises(ModelNumerics, match="sample 52"):
        measure_taps(norms, x, broken, torch.tensor([50, 51, 52, 53]), of)


def test_further_nodes_come_as_they_are_and_changed_weights_count() -> None:
    model = audit_module(SmallNet(), InputSpec(shape=(1, 8, 8)))
    node = model.layer("conv1").taps["conv"].node
    norms = NormsModel(model, ["act"], [node])
    x = torch.rand(3, 1, 8, 8, generator=torch.Generator().manual_seed(1))
    (value,) = measure_taps(norms, x, twins(x), torch.arange(3)).extra
    with torch.no_grad():
        torch.testing.assert_close(value, model.tapped("conv", ["conv1"])(torch.cat([x, twins(x)]))[1]["conv1"])
        assert (value < 0).any()  # not what the ReLU behind it wrote
        model.trainable_parameters()["conv1.bias"].add_(1)
    (changed,) = measure_taps(norms, x, twins(x), torch.arange(3)).extra
    torch.testing.assert_close(changed, value + 1)


@pytest.mark.parametrize("broken_pixel", [torch.nan, torch.inf])
def test_a_sample_with_nan_or_infinity_is_named(broken_pixel: float) -> None:
    model = audit_module(SmallNet(), InputSpec(shape=(1, 8, 8)))
    x = torch.rand(3, 1, 8, 8, generator=torch.Generator().manual_seed(1))
    broken = x.clone()
    broken[1] = broken_pixel
    with pytest.raises(ModelNumerics, match="sample 41") as caught:
        measure_taps(NormsModel(model, ["conv"]), x, broken, torch.tensor([40, 41, 42]))
    assert caught.value.extra["layer"] == "conv1"

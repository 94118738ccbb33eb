"""Networks of torchvision's families from both of torch's exporters: same logits as onnxruntime, whatever the batch."""

import re

import onnx
import pytest
import torch
from torch import nn

from tests.workers.models.onnx.conftest import Export
from tests.workers.models.onnx.files import compare
from tests.workers.models.onnx.nets import NETS, build

#: torch's own exporter refuses these: no attention before operator set 14, no Einsum before 12.
IMPOSSIBLE = {("vit", "legacy-11"), ("vit", "legacy-13"), ("maxvit", "legacy-11"), ("swin_v2", "legacy-11")}


@pytest.mark.parametrize("family", NETS)
@pytest.mark.parametrize("exporter", ["dynamo", "legacy-11", "legacy-17-1"])
def test_same_logits_as_onnxruntime(exported: Export, family: str, exporter: str) -> None:
    if (family, exporter) in IMPOSSIBLE:
        with pytest.raises(Exception, match="not supported"):
            exported(family, exporter)
        return
    audited = compare(exported(family, exporter))
    net, _ = build(family)
    layers = sum(isinstance(m, (nn.Conv2d, nn.Linear)) for m in net.modules())
    assert len(audited.layers) >= layers
    assert audited.layers[0].depth == 0
    assert audited.input.shape is not None
    assert audited.differentiable
    assert audited.trainable


@pytest.mark.parametrize("family", ["resnet", "vit", "swin", "maxvit", "shufflenet_v2"])
def test_dynamo_export_with_a_fixed_batch_is_freed(exported: Export, family: str) -> None:
    audited = compare(exported(family, "dynamo-1"), batches=(1, 2, 5))
    assert any("fixes the batch size at 1" in w for w in audited.warnings)


@pytest.mark.parametrize("exporter", ["dynamo", "legacy-13"])
def test_weights_carry_the_names_of_the_file(exported: Export, exporter: str) -> None:
    path = exported("vgg", exporter)
    audited = compare(path)
    stored = {t.name for t in onnx.load(path).graph.initializer if t.data_type == 1 and len(t.dims)}
    assert set(audited.trainable_parameters()) == stored
    assert [layer.name for layer in audited.layers] == [
        "features.0",
        "features.3",
        "features.6",
        "classifier.0",
        "classifier.3",
    ]
    assert [layer.kind for layer in audited.layers] == ["conv"] * 3 + ["linear"] * 2


def test_folded_norm_is_reported(exported: Export) -> None:
    assert all(layer.norm_folded for layer in compare(exported("vgg_bn", "dynamo")).layers if layer.kind == "conv")


def test_names_of_the_legacy_exporter_become_attributes(exported: Export) -> None:
    audited = compare(exported("vgg_bn", "legacy-11"))
    names = [layer.name for layer in audited.layers]
    assert all(re.fullmatch(r"[A-Za-z0-9_.]+", name) for name in names)
    assert names[0].startswith("onnx__Conv_")


@pytest.mark.parametrize("family", ["resnet", "vit"])
def test_gradients_equal_the_original_network(exported: Export, family: str) -> None:
    net, x = build(family)
    audited = compare(exported(family, "dynamo"))
    mine, original = x.clone().requires_grad_(), x.clone().requires_grad_()
    audited(mine).logsumexp(1).sum().backward()
    net(original).logsumexp(1).sum().backward()
    assert mine.grad is not None
    assert original.grad is not None
    torch.testing.assert_close(mine.grad, original.grad, rtol=1e-3, atol=1e-5 * float(original.grad.abs().max()) * 10)


def test_every_weight_of_a_transformer_is_trained(exported: Export) -> None:
    audited = compare(exported("vit", "dynamo"))
    audited.unfreeze()
    audited(torch.rand(2, 3, 32, 32)).square().sum().backward()
    net, _ = build("vit")
    assert audited.num_parameters >= sum(p.numel() for p in net.parameters())
    for name, parameter in audited.trainable_parameters().items():
        assert parameter.grad is not None, name
        assert torch.isfinite(parameter.grad).all(), name

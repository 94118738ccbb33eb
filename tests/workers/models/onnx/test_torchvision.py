"""Networks of torchvision's families from both of torch's exporters: same logits as onnxruntime, whatever the batch.

``python -m tests.tools.coverage_table`` makes the whole table (every family, every exporter).
"""

import copy
import re

import onnx
import pytest
import torch
from torch import nn

from tests.workers.models.onnx.conftest import Export, Translate
from tests.workers.models.onnx.nets import build

pytestmark = pytest.mark.slow

CASES = [
    ("vgg_bn", "dynamo"),
    ("vit", "dynamo"),
    ("vit", "dynamo-1"),
    ("convnext", "dynamo-1"),
    ("swin_v2", "dynamo-1"),
    ("vgg", "legacy-13"),
    ("googlenet", "legacy-11"),
    ("densenet", "legacy-11"),
    ("mobilenet_v3", "legacy-11"),
    ("shufflenet_v2", "legacy-17-1"),
    ("convnext", "legacy-17"),
    ("vit", "legacy-17-1"),
]


@pytest.mark.parametrize(("family", "exporter"), CASES, ids=["-".join(case) for case in CASES])
def test_same_logits_as_onnxruntime(translated: Translate, family: str, exporter: str) -> None:
    audited = translated(family, exporter)
    assert audited.layers
    assert audited.differentiable
    assert audited.trainable
    assert any("fixes the batch size at 1" in w for w in audited.warnings) == exporter.endswith("-1")
    names = [layer.name for layer in audited.layers]
    assert all(re.fullmatch(r"[A-Za-z0-9_.]+(#\d+)?", name) for name in names)
    for name, parameter in audited.trainable_parameters().items():
        assert isinstance(parameter, nn.Parameter), name


def test_weights_carry_the_names_of_the_file(exported: Export, translated: Translate) -> None:
    path = exported("vgg", "legacy-13")
    audited = translated("vgg", "legacy-13")
    stored = {t.name for t in onnx.load(path).graph.initializer if t.data_type == 1 and len(t.dims)}
    assert set(audited.trainable_parameters()) == stored
    names = ["features.0", "features.3", "features.6", "classifier.0", "classifier.3"]
    assert [layer.name for layer in audited.layers] == names
    assert [layer.kind for layer in audited.layers] == ["conv"] * 3 + ["linear"] * 2
    assert not audited.layers[-1].norm_folded


def test_folded_norm_is_reported(translated: Translate) -> None:
    audited = translated("vgg_bn", "dynamo")
    assert all(layer.norm_folded for layer in audited.layers if layer.kind == "conv")
    assert audited.layers[0].name == "features.0"


@pytest.mark.parametrize("family", ["vgg_bn", "vit"])
def test_gradients_equal_the_original_network(translated: Translate, family: str) -> None:
    net, x = build(family)
    audited = translated(family, "dynamo")
    mine, original = x.clone().requires_grad_(), x.clone().requires_grad_()
    audited(mine).logsumexp(1).sum().backward()
    net(original).logsumexp(1).sum().backward()
    assert mine.grad is not None
    assert original.grad is not None
    torch.testing.assert_close(mine.grad, original.grad, rtol=1e-3, atol=1e-3 * float(original.grad.abs().max()))


def test_every_weight_of_a_transformer_is_trained(translated: Translate) -> None:
    audited = translated("vit", "dynamo")
    audited = copy.deepcopy(audited)
    audited.unfreeze()
    audited(torch.rand(2, 3, 32, 32)).square().sum().backward()
    net, _ = build("vit")
    assert audited.num_parameters >= sum(p.numel() for p in net.parameters())
    for name, parameter in audited.trainable_parameters().items():
        assert parameter.grad is not None, name
        assert torch.isfinite(parameter.grad).all(), name

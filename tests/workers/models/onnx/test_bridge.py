"""onnx2torch with our operators: files of today's default exporter, which it refuses by itself."""

import numpy as np
import onnx
import pytest
import torch

from tests.workers.models.onnx.conftest import Export
from tests.workers.models.onnx.files import reference
from workers.models.onnx import bridge

# isort: split
import onnx2torch
from onnx2torch.node_converters import registry

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def _own_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave onnx2torch as it was for other tests."""
    monkeypatch.setattr(registry, "_CONVERTER_REGISTRY", dict(registry._CONVERTER_REGISTRY))


@pytest.mark.parametrize("family", ["vgg_bn", "vit"])
def test_files_of_the_default_exporter(exported: Export, family: str) -> None:
    path = exported(family, "dynamo")
    with pytest.raises(NotImplementedError):
        onnx2torch.convert(str(path))
    assert bridge.extend() > 400
    assert bridge.extend() > 400  # again is no error
    converted = onnx2torch.convert(str(path)).eval()
    x = torch.rand(3, 3, 32, 32, requires_grad=True)
    logits = converted(x)
    wanted = reference(path, x.detach().numpy())
    np.testing.assert_allclose(logits.detach().numpy(), wanted, rtol=1e-4, atol=1e-4 * float(np.abs(wanted).max()))
    logits.square().sum().backward()
    assert x.grad is not None
    assert torch.isfinite(x.grad).all()
    matrices = sum(
        int(np.prod(t.dims)) for t in onnx.load(path).graph.initializer if len(t.dims) > 1 and t.data_type == 1
    )
    trained = sum(p.numel() for p in converted.parameters() if p.dim() > 1 and p.grad is not None)
    assert trained >= 0.9 * matrices  # a class token or a position table may be stored with three dimensions

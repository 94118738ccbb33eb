"""The order in memory in which a network trains: chosen by its maps, never at the price of its function."""

import copy
from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn

from openapi.hardening_options import HardenOptions
from openapi.models import InputSpec
from tests.workers.hardening.nets import shipped
from workers.hardening.data import TrainingSet
from workers.hardening.layout import put_in_order, weights_as_in_files
from workers.hardening.training import Hardener
from workers.models.audited import AuditedModel
from workers.models.from_module import audit_module


def last(model: AuditedModel) -> list[bool]:
    """Of the weights of convolutions with more than one channel, which have the channels last."""
    weights = [p for p in model.parameters() if p.ndim == 4 and p.shape[1] > 1]
    return [w.is_contiguous(memory_format=torch.channels_last) and not w.is_contiguous() for w in weights]


class Head(nn.Module):
    """Two convolutions and what `end` makes of their maps."""

    def __init__(self, end: Callable[[Tensor], Tensor], stride: int = 1, channels: int = 3) -> None:
        super().__init__()
        self.a, self.b = nn.Conv2d(channels, 8, 3, stride, 1), nn.Conv2d(8, 10, 3, 1, 1)
        self.end = end

    def forward(self, x: Tensor) -> Tensor:
        return self.end(self.b(self.a(x).relu()))


def classes(maps: Tensor) -> Tensor:
    """The mean of each map."""
    return maps.mean((2, 3))


def strided(maps: Tensor) -> Tensor:
    """The first numbers as they lie in memory."""
    return maps.as_strided((maps.shape[0], 10), (10 * 16 * 16, 1))


def test_large_maps_train_with_the_channels_last() -> None:
    torch.manual_seed(0)
    model = audit_module(Head(classes), InputSpec(shape=(3, 16, 16)))
    x = torch.rand(4, 3, 16, 16)
    before = copy.deepcopy(model)
    with weights_as_in_files(model):
        assert put_in_order(model, x)
        assert last(model) == [True, True]
        assert torch.allclose(model(x), before(x), atol=1e-6)
    assert last(model) == [False, False]
    assert all(torch.equal(a, b) for a, b in zip(model.parameters(), before.parameters(), strict=True))


def test_small_maps_stay_as_they_are() -> None:
    model = audit_module(Head(classes, stride=2), InputSpec(shape=(3, 16, 16)))
    assert not put_in_order(model, torch.rand(4, 3, 16, 16))
    assert last(model) == [False, False]


@pytest.mark.parametrize("end", [strided, lambda maps: maps.view(maps.shape[0], -1)], ids=["as_strided", "view"])
def test_a_graph_that_looks_at_the_order_keeps_it(end: Callable[[Tensor], Tensor]) -> None:
    torch.manual_seed(0)
    model = audit_module(Head(end), InputSpec(shape=(3, 16, 16)))
    x = torch.rand(4, 3, 16, 16)
    wanted = model(x)
    if put_in_order(model, x):  # where the translation made a reshape of it
        assert end is not strided
    assert torch.allclose(model(x), wanted, atol=1e-6)


def test_a_hardened_network_is_laid_out_as_files_are() -> None:
    model = audit_module(Head(classes, channels=1), InputSpec(shape=(1, 28, 28)))
    data = TrainingSet(*shipped("train", 100))
    hardener = Hardener(model, data, HardenOptions(method="at", epochs=1, steps=1, pairs=8), seed=0)
    assert last(model) == [True]
    hardener.run()
    assert last(model) == [False]
    assert all(p.is_contiguous() for p in model.parameters())

"""Maps of penultimate neurons: flattened, averaged before or behind the head, the largest of a map, and none."""

import pytest
import torch
from torch import nn

from openapi.models import InputSpec
from tests.workers.neurons.test_last_layer import SIDE, C, Net
from workers.explain.penultimate_maps import penultimate_maps
from workers.models.from_module import audit_module
from workers.neurons.heads.last_layer import find_last_layer

PLACES = SIDE * SIDE
POOLED = [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, 3)]
HEADS = {
    "flattened": [nn.Flatten(), nn.Linear(4 * PLACES, 3)],
    "averaged": POOLED,
    "largest": [nn.AdaptiveMaxPool2d(1), nn.Flatten(), nn.Linear(4, 3)],
    "averaged behind": [nn.Conv2d(4, 3, 1), nn.AdaptiveAvgPool2d(1), nn.Flatten()],
    "rectified": [nn.Conv2d(4, 3, 1), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten()],
}
UNITS = [nn.Flatten(), nn.Linear(4 * PLACES, 4), nn.ReLU(), nn.Linear(4, 3)]
BANDS = [nn.AdaptiveAvgPool2d((1, 3)), nn.Flatten(), nn.Linear(12, 3)]


@pytest.mark.parametrize("head", HEADS)
def test_maps_are_what_the_convolution_gives(head: str) -> None:
    torch.manual_seed(0)
    net = Net(*HEADS[head]).eval()
    model = audit_module(net, InputSpec(shape=(C, SIDE, SIDE)))
    maps = penultimate_maps(model, find_last_layer(model))
    x = torch.rand(5, C, SIDE, SIDE, generator=torch.Generator().manual_seed(1))
    assert maps is not None
    with torch.no_grad():
        torch.testing.assert_close(maps(x), net.features(x))


@pytest.mark.parametrize("head", [UNITS, BANDS])
def test_units_and_bands_have_no_map(head: list[nn.Module]) -> None:
    torch.manual_seed(0)
    model = audit_module(Net(*head).eval(), InputSpec(shape=(C, SIDE, SIDE)))
    assert penultimate_maps(model, find_last_layer(model)) is None

"""Masked units against a network whose logits are known unit by unit."""

import numpy as np
import torch
from torch import nn

from openapi.attacks import Fgsm
from openapi.models import InputSpec
from workers.explain.masking import masked_units, masking_counts
from workers.models.from_module import audit_module


def two_units() -> nn.Module:
    """Class 0 is what unit 0 sees (bright), class 1 a constant; units 1 to 3 do nothing."""
    conv, head = nn.Conv2d(1, 4, 1), nn.Linear(4, 2)
    net = nn.Sequential(conv, nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), head)
    with torch.no_grad():
        for parameter in net.parameters():
            parameter.zero_()
        conv.weight[0] = 1.0
        head.weight[0, 0], head.bias[1] = 1.0, 0.5
    return net.eval()


def test_masking_the_unit_that_decides_leaves_the_constant_class() -> None:
    model = audit_module(two_units(), InputSpec(shape=(1, 4, 4)))
    x = torch.full((6, 1, 4, 4), 0.8)
    x[3:] = 0.55
    y = torch.zeros(6, dtype=torch.int64)
    points = masking_counts(model, "0", np.arange(4), (0, 1, 4), {"fgsm": Fgsm(eps=0.1)}, x, y, torch.arange(6), seed=0)
    found = {(p.group, p.masked): (p.n, p.clean, p.robust["fgsm"]) for p in points}
    assert found[("sensitive", 0)] == found[("random", 0)] == (6, 6, 3)  # 0.55 - 0.1 is below 0.5
    assert found[("sensitive", 1)] == (6, 0, 0)
    assert found[("sensitive", 4)] == found[("random", 4)] == (6, 0, 0)
    first = masked_units(np.arange(4), 1, "random", 0)
    assert found[("random", 1)] == ((6, 0, 0) if first == (0,) else (6, 6, 3))


def test_more_random_units_contain_fewer() -> None:
    ranking = np.arange(20)[::-1]
    drawn = [masked_units(ranking, k, "random", 3) for k in (2, 5, 20)]
    assert drawn[1][:2] == drawn[0]
    assert sorted(drawn[2]) == list(range(20))
    assert masked_units(ranking, 3, "sensitive", 3) == (19, 18, 17)
    assert masked_units(ranking, 5, "random", 4) != drawn[1]

"""Healthy networks pass every check of the default preset, and masked ones fail the right one."""

import pytest
import torch
from torch import Tensor, nn

from openapi.attacks.base import Attack
from openapi.presets import PRESETS
from tests.tools.false_alarms import checks_of, pictures, taught

pytestmark = pytest.mark.slow

_IMAGES = 16


def shortened(preset: str) -> tuple[Attack, ...]:
    """Return a preset's attacks with fewer steps and queries: enough for these small networks."""
    limits = {"steps": 10, "queries": 60}
    return tuple(
        spec.model_copy(update={k: min(v, getattr(spec, k)) for k, v in limits.items() if hasattr(spec, k)})
        for spec in PRESETS[preset].attacks
    )


def failed(net: nn.Module, shape: tuple[int, ...], preset: str) -> set[str]:
    x, y = pictures(_IMAGES, shape)
    return {check.id for check in checks_of(net, x, y, shortened(preset)) if check.status == "fail"}


@pytest.mark.parametrize("family", ["squeezenet", "resnet", "mobilenet_v2"])
def test_healthy_networks_pass(family: str) -> None:
    net, shape = taught(family)
    assert failed(net, shape, "standard") == set()


class Masked(nn.Module):
    """A network behind something that hides its gradient."""

    def __init__(self, net: nn.Module, how: str) -> None:
        super().__init__()
        self.net, self.how = net, how

    def forward(self, x: Tensor) -> Tensor:
        if self.how == "noise":
            x = x + 0.3 * torch.randn_like(x)
        if self.how == "steps":
            x = torch.round(x * 6) / 6
        z: Tensor = self.net(x)
        return (200 * z).softmax(1) if self.how == "saturated" else z


@pytest.mark.parametrize(
    ("how", "check"),
    [("noise", "deterministic"), ("steps", "gradients-usable"), ("saturated", "gradients-usable")],
)
def test_masked_networks_fail_the_right_check(how: str, check: str) -> None:
    net, shape = taught("resnet")
    assert check in failed(Masked(net, how).eval(), shape, "standard")

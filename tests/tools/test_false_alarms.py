"""Healthy networks pass every check of the default preset, and masked ones fail the right one."""

import pytest
from torch import nn

from openapi.attacks.base import Attack
from openapi.presets import PRESETS
from tests.tools.false_alarms import MASKS, Masked, checks_of
from tests.tools.taught import pictures, taught

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


@pytest.mark.parametrize(("how", "check"), MASKS.items())
def test_masked_networks_fail_the_right_check(how: str, check: str) -> None:
    net, shape = taught("resnet")
    assert check in failed(Masked(net, how).eval(), shape, "standard")

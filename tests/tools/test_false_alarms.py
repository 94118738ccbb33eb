"""Healthy networks pass every check of the default preset, and masked ones fail the right one."""

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from openapi.attacks import Apgd, Pgd
from openapi.attacks.base import Attack
from openapi.models import InputSpec
from openapi.presets import PRESETS
from tests.tools.false_alarms import MASKS, Masked, checks_of
from tests.tools.taught import pictures, taught
from tests.workers.models.nets import save_trace
from workers.models.load import load_model

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


#: What is made of logits → the head that is found, and whether cross-entropy surely stays behind a margin loss there.
HEADS: dict[str, tuple[Callable[[Tensor], Tensor], str, bool]] = {
    "softmax": (lambda z: z.softmax(1), "softmax", False),
    "normalised sigmoids": (lambda z: torch.sigmoid(z) / torch.sigmoid(z).sum(1, keepdim=True), "sigmoid", False),
    "a temperature of 100": (lambda z: (z / 100).softmax(1), "softmax", True),
    "softsign": (nn.functional.softsign, "", True),
    "normalised algebraic sigmoids": (lambda z: F.normalize(1 + z / (1 + z * z).sqrt(), p=1, dim=1), "", True),
}


class Headed(nn.Module):
    """A network and what it makes of its logits."""

    def __init__(self, net: nn.Module, head: Callable[[Tensor], Tensor]) -> None:
        super().__init__()
        self.net, self.head = net, head

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.net(x))


@pytest.mark.parametrize("name", HEADS)
def test_losses_disagree_where_scores_lie_close_together(tmp_path: Path, name: str) -> None:
    """One SqueezeNet that names the same classes: cross-entropy pulls at all classes where the logits are not seen."""
    function, head, behind = HEADS[name]
    net, shape = taught("squeezenet")
    x, y = pictures(150, shape)
    path = save_trace(Headed(net, function).eval(), tmp_path / "net.pt", x[:2])
    model = load_model(path, "torchscript", InputSpec(shape=shape))
    attacks = (Apgd(steps=20), Apgd(steps=20, loss="dlr"), Pgd(steps=20), Pgd(steps=20, loss="margin"))
    found = {check.id: check for check in checks_of(model, x, y, attacks)}
    assert model.output.head == head
    assert {name for name, check in found.items() if check.status == "fail"} == ({"losses-agree"} if behind else set())
    gaps = [pair["gap"] for pair in found["losses-agree"].numbers["comparisons"]]
    assert all((gap > 0.15) == behind for gap in gaps), gaps

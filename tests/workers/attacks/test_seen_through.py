"""Attacks on files that end in probabilities are as strong as a plain PGD on the logits, written here in float64."""

from collections.abc import Callable
from copy import deepcopy
from functools import cache
from pathlib import Path

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from openapi.attacks import Pgd
from openapi.models import InputSpec
from tests.tools.false_alarms import checks_of
from tests.tools.taught import pictures
from tests.workers.models.nets import save_trace
from workers.attacks.engine.suite import run_attack
from workers.models.audited import AuditedModel
from workers.models.load import load_model

pytestmark = pytest.mark.slow

SHAPE = (1, 14, 14)
EPS = 0.05
STEPS = 20
IMAGES = 200
#: Confident nets: their float32 softmaxes are exactly 0 and 1 on most images.
SCALE = 60.0

Mix = Callable[[Tensor, Tensor], Tensor]


def _uniform(p: Tensor) -> Tensor:
    return torch.full_like(p, 0.2)


def _log_mean(p: Tensor, q: Tensor) -> Tensor:
    return torch.logaddexp(p.log_softmax(1), q.log_softmax(1))


#: What a file makes of the logits of two nets → scores of the same order of classes that do not saturate.
CASES: dict[str, tuple[Mix, Mix]] = {
    "softmax": (lambda p, q: p.softmax(1), lambda p, q: p),
    "normalised sigmoids": (lambda p, q: torch.sigmoid(p) / torch.sigmoid(p).sum(1, keepdim=True), lambda p, q: p),
    "smoothed": (lambda p, q: 0.9 * p.softmax(1) + 0.02, lambda p, q: p),
    "rescaled": (lambda p, q: 100 * p.softmax(1), lambda p, q: p),
    "smoothed by lerp": (lambda p, q: torch.lerp(p.softmax(1), _uniform(p), 0.1), lambda p, q: p),
    "tempered": (lambda p, q: (p / 0.25).softmax(1), lambda p, q: p),
    "flattened": (lambda p, q: (p / 12).softmax(1), lambda p, q: p),
    "product": (lambda p, q: p.softmax(1) * q.softmax(1), lambda p, q: p.log_softmax(1) + q.log_softmax(1)),
    "product of experts": (
        lambda p, q: F.normalize(p.softmax(1) * q.softmax(1), p=1, dim=1),
        lambda p, q: p.log_softmax(1) + q.log_softmax(1),
    ),
    "mixture": (lambda p, q: (p.softmax(1) + q.softmax(1)) / 2, _log_mean),
    "mixture by lerp": (lambda p, q: torch.lerp(p.softmax(1), q.softmax(1), 0.5), _log_mean),
}
#: Of these the file's own float32 numbers lead a PGD astray.
BLINDING = {"tempered", "product"}


def _cut(p: Tensor) -> Tensor:
    return p.softmax(1) * torch.heaviside(p.softmax(1) - 1e-3, torch.tensor(0.0))


def _sparsemax(p: Tensor) -> Tensor:
    """The nearest probabilities (Martins and Astudillo 2016): exact zeros beside what leads."""
    ranked = p.sort(1, descending=True).values
    sums = ranked.cumsum(1) - 1
    kept = (torch.arange(1, 6) * ranked > sums).sum(1, keepdim=True)
    return (p - sums.gather(1, kept - 1) / kept).relu()


UNSEEN: dict[str, Mix] = {"cut by heaviside": lambda p, q: _cut(p), "sparsemax": lambda p, q: _sparsemax(p)}


class Two(nn.Module):
    """Two small nets of garments, and what is made of their logits."""

    def __init__(self, mix: Mix) -> None:
        super().__init__()
        (self.first, self.second), self.mix = deepcopy(_trained()), mix

    def forward(self, x: Tensor) -> Tensor:
        return self.mix(SCALE * self.first(x), SCALE * self.second(x))


@cache
def _trained() -> tuple[nn.Module, nn.Module]:
    return _net(0), _net(1)


def _net(seed: int) -> nn.Module:
    """A net of two convolutions after four epochs."""
    torch.manual_seed(seed)
    net = nn.Sequential(
        nn.Conv2d(1, 8, 3, 2), nn.ReLU(), nn.Conv2d(8, 16, 3, 2), nn.ReLU(), nn.Flatten(), nn.Linear(64, 5)
    )
    x, y = pictures(10_000, SHAPE, "train")
    optimiser = torch.optim.Adam(net.parameters(), lr=5e-3)
    for _ in range(4):
        for rows in torch.randperm(len(x)).split(64):
            optimiser.zero_grad()
            F.cross_entropy(net(x[rows]), y[rows]).backward()
            optimiser.step()
    return net.eval()


def plain_pgd(
    scores: Callable[[Tensor], Tensor], x: Tensor, y: Tensor, file: Callable[[Tensor], Tensor] | None = None
) -> int:
    """Count the images that signed steps of a fifth of eps fool, in the precision of x; file: and by its argmax too."""
    adv = x.clone()
    fooled = torch.zeros(len(x), dtype=torch.bool)
    for _ in range(STEPS):
        leaf = adv.requires_grad_()
        (gradient,) = torch.autograd.grad(F.cross_entropy(scores(leaf), y, reduction="sum"), leaf)
        adv = (adv + EPS / 5 * gradient.sign()).clamp(x - EPS, x + EPS).clamp(0, 1).detach()
        with torch.no_grad():
            now = scores(adv).argmax(1) != y
            fooled |= now if file is None else now & (file(adv.float()).argmax(1) != y)
    return int(fooled.sum())


def read(folder: Path, mix: Mix, exact: nn.Module) -> tuple[nn.Module, AuditedModel, Tensor, Tensor]:
    """The net, its file as it is attacked, and the images and labels that it and the exact scores get right."""
    net, (x, y) = Two(mix).eval(), pictures(IMAGES, SHAPE)
    model = load_model(save_trace(net, folder / "net.pt", x[:2]), "torchscript", InputSpec(shape=SHAPE))
    with torch.no_grad():
        right = (exact(x.double()).argmax(1) == y) & ((net(x).argmax(1) == y) | (model.output.head != "mixture"))
    return net, model, x[right], y[right]


@pytest.mark.parametrize("name", CASES)
def test_probabilities_are_seen_through(tmp_path: Path, name: str) -> None:
    """Of mixtures an example counts where the file itself names the wrong class: sure nets that differ tie there."""
    mix, score = CASES[name]
    exact = Two(score).double().eval()
    net, model, x, y = read(tmp_path, mix, exact)
    run = run_attack(model, Pgd(eps=EPS, steps=STEPS), x, y, torch.arange(len(x)))
    theirs = plain_pgd(exact, x.double(), y, net if model.output.head == "mixture" else None)
    assert model.output.head in ("softmax", "sigmoid", "mixture")
    assert int(run.attacked.sum()) == len(x) > 100
    assert 20 < theirs < len(x) / 2
    assert int(run.success.sum()) >= 0.95 * theirs
    if name in BLINDING:
        assert plain_pgd(lambda v: (net(v) + 1e-30).log(), x, y) < 0.75 * theirs


@pytest.mark.parametrize("name", UNSEEN)
def test_what_is_not_seen_fails_a_check(tmp_path: Path, name: str) -> None:
    mix, exact = UNSEEN[name], Two(lambda p, q: p).double().eval()
    _, model, x, y = read(tmp_path, mix, exact)
    attacks = (Pgd(eps=EPS, steps=STEPS), Pgd(eps=EPS, steps=STEPS, loss="margin"))
    failed = {check.id for check in checks_of(model, x, y, attacks) if check.status == "fail"}
    assert model.output.head == ""
    assert "gradients-usable" in failed

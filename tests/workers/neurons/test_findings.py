"""The findings of the neuron-sensitivity paper (SNS) on the example's net, and on a copy of it trained against PGD.

Each is a statement about the mean over images, held by its 95 % interval (paired, by Student's t). Those that do not
hold on this net are not asserted; `tests/tools/benchmarks/RESULTS.md` has them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import torch
import torch.nn.functional as F
from scipy import stats
from torch import Tensor

import deploy.demo
from deploy.demo.net import SmallVgg
from deploy.demo.train import MEAN, STD
from openapi.analyses.sensitivity import Tap
from openapi.models import InputSpec
from tests.workers.hardening.nets import options
from tests.workers.hardening.nets import shipped as shipped_images
from workers.attacks.ball.pairs import dual_pairs
from workers.attacks.maths.losses import log_odds_target
from workers.hardening.data import TrainingSet
from workers.hardening.run import harden
from workers.models.audited import AuditedModel
from workers.models.from_module import audit_module
from workers.neurons.heads.last_layer import Penultimate, find_last_layer
from workers.neurons.importance import spearman
from workers.neurons.measure import measure_taps
from workers.neurons.norms import NormsModel

Floats = npt.NDArray[np.float64]

pytestmark = pytest.mark.slow

HERE = Path(deploy.demo.__file__).parent
N = 96
#: S of SNS.
LAST = "features.12"
#: Of training against PGD: steps of Adam, images a batch, eps.
ROUNDS, BATCH, EPS = 60, 64, 0.1


@dataclass(frozen=True)
class Nets:
    """The example's net as it is shipped, and after adversarial training; images and labels of the held-out split."""

    vanilla: AuditedModel
    adversarial: AuditedModel
    x: Tensor
    y: Tensor


def shipped() -> SmallVgg:
    net = SmallVgg()
    net.load_state_dict(torch.jit.load(HERE / "small_vgg.pt").state_dict())
    return net.eval()


def audited(net: SmallVgg) -> AuditedModel:
    return audit_module(net, InputSpec(shape=(1, 28, 28), mean=(MEAN,), std=(STD,)))


def images(name: str, n: int) -> tuple[Tensor, Tensor]:
    with np.load(HERE / f"{name}.npz") as data:
        x, y = torch.from_numpy(data["x"][:n]), torch.from_numpy(data["y"][:n].astype(np.int64))
    return x.reshape(len(x), 1, 28, 28).float() / 255, y


@pytest.fixture(scope="session")
def nets() -> Nets:
    """Adversarial training (Madry et al. 2018) by half of clean and half of PGD's loss, as METHODS' PAT."""
    net = shipped()
    attacked = audited(net)
    x, y = images("train", ROUNDS * BATCH)
    optimiser = torch.optim.Adam(net.parameters(), lr=2e-3)
    for step in range(ROUNDS):
        rows = slice(step * BATCH, (step + 1) * BATCH)
        x_adv = dual_pairs(attacked, x[rows], y[rows], torch.arange(len(x))[rows], seed=0, eps=EPS, steps=4)
        optimiser.zero_grad()
        both = net((torch.cat([x[rows], x_adv]) - MEAN) / STD)
        F.cross_entropy(both, y[rows].repeat(2)).backward()
        optimiser.step()
    return Nets(audited(shipped()), audited(net.eval()), *images("holdout", N))


def ratios(model: AuditedModel, x: Tensor, y: Tensor, eps: float, tap: Tap = "conv") -> dict[str, Floats]:
    """Layer → (n,): ‖F(x) − F(x')‖₁ / ‖F(x)‖₁ (Eq. 11), averaged over the neurons that are not 0 on x."""
    index = torch.arange(len(x))
    x_adv = dual_pairs(model, x, y, index, seed=0, eps=eps, steps=10)
    layers = measure_taps(NormsModel(model, (tap,)), x, x_adv, index).taps[tap]
    found = {}
    for name, batch in layers.items():
        nothing = np.full(batch.benign.shape, np.nan)
        ratio = np.divide(batch.difference, batch.benign, out=nothing, where=batch.benign > 0)
        found[name] = np.nanmean(ratio, axis=1)
    return found


def at_least(difference: Floats) -> float:
    """The lower end of the 95 % interval of the mean."""
    low, _ = stats.t.interval(0.95, len(difference) - 1, difference.mean(), stats.sem(difference))
    return float(low)


def convolutions(found: Mapping[str, Floats]) -> list[str]:
    return [name for name in found if name != "classifier"]


def test_sensitivity_grows_with_the_size_of_the_perturbation_in_every_layer(nets: Nets) -> None:
    small, large = (ratios(nets.vanilla, nets.x, nets.y, eps / 255) for eps in (2, 8))
    for name in small:
        assert at_least(large[name] - small[name]) > 0, name


def test_late_convolutions_move_more_than_early_ones(nets: Nets) -> None:
    found = ratios(nets.vanilla, nets.x, nets.y, 2 / 255)
    names = convolutions(found)
    early, late = (np.mean([found[name] for name in part], axis=0) for part in (names[:3], names[3:]))
    assert at_least(late - early) > 0


def test_an_activation_moves_more_than_the_convolution_before_it(nets: Nets) -> None:
    before, after = (ratios(nets.vanilla, nets.x, nets.y, 2 / 255, tap) for tap in ("conv", "act"))
    for name in convolutions(before):
        assert at_least(after[name] - before[name]) > 0, name


def test_adversarial_training_makes_every_layer_less_sensitive(nets: Nets) -> None:
    vanilla, hardened = (ratios(model, nets.x, nets.y, 8 / 255) for model in (nets.vanilla, nets.adversarial))
    for name in vanilla:
        assert at_least(vanilla[name] - hardened[name]) > 0, name


def test_adversarial_training_makes_the_net_more_robust(nets: Nets) -> None:
    index, correct = torch.arange(N), []
    for model in (nets.vanilla, nets.adversarial):
        x_adv = dual_pairs(model, nets.x, nets.y, index, seed=0, eps=EPS, steps=10)
        with torch.no_grad():
            correct.append((model(x_adv).argmax(1) == nets.y).double().numpy())
    assert at_least(correct[1] - correct[0]) > 0.2


def reached(model: AuditedModel, x: Tensor, target: int) -> tuple[Tensor, Tensor]:
    """The images, and their full-strength examples, that are taken for the target."""
    index, aims = torch.arange(len(x)), torch.full((len(x),), target)
    x_adv = dual_pairs(model, x, aims, index, seed=0, eps=EPS, steps=10, loss=log_odds_target)
    with torch.no_grad():
        kept = model(x_adv).argmax(1) == target
    return x[kept], x_adv[kept]


def test_sensitivity_and_contribution_rank_neurons_alike(nets: Nets) -> None:
    """r_s > 0 (Eq. 6), by the interval of the mean over targets; pairs of importance."""
    model, found = nets.vanilla, []
    last = find_last_layer(model)
    reader = Penultimate(model, last)
    for target in range(10):
        x, x_adv = reached(model, nets.x[nets.y != target][:24], target)
        if len(x) < 4:
            continue
        with torch.no_grad():
            a, b = (reader(images)[1].numpy().astype(np.float64) for images in (x, x_adv))
        phi = last.contributions(b, np.full(len(b), target)).mean(0)
        value = spearman(last.by_neuron(np.abs(a - b)).mean(0), phi)
        assert value is not None
        found.append(value)
    assert len(found) >= 5
    assert at_least(np.array(found)) > 0


@pytest.fixture(scope="module")
def stabilised(nets: Nets) -> AuditedModel:
    """The example's net after one short epoch of SNS in its last convolution."""
    model = audited(shipped())
    harden(model, TrainingSet(*shipped_images("train", 400)), options(layers=(LAST,), lambda_=2.0, epochs=1, eps=EPS))
    return model


def moved(model: AuditedModel, x: Tensor, x_adv: Tensor) -> dict[str, Floats]:
    """Layer → (n,): σ (Eq. 1) of single images, averaged over the neurons."""
    layers = measure_taps(NormsModel(model, ("conv",)), x, x_adv, torch.arange(len(x))).taps["conv"]
    return {name: (batch.difference / batch.dim).mean(1) for name, batch in layers.items()}


def test_sns_lowers_sensitivity_in_s_and_frozen_layers_keep_theirs(nets: Nets, stabilised: AuditedModel) -> None:
    """On the pairs of the vanilla net, the same for both."""
    x_adv = dual_pairs(nets.vanilla, nets.x, nets.y, torch.arange(N), seed=0, eps=EPS, steps=10)
    before, after = (moved(model, nets.x, x_adv) for model in (nets.vanilla, stabilised))
    assert at_least(before[LAST] - after[LAST]) > 0
    below = [name for name in convolutions(before) if name != LAST]
    assert len(below) >= 5
    for name in below:
        np.testing.assert_array_equal(before[name], after[name], err_msg=name)

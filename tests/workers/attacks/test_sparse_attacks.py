"""EAD and StrAttack: changes in few pixels and few groups; their proximal maps by hand."""

import functools

import pytest
import torch
from torch import Tensor, nn

from openapi.attacks import Cw, Ead, StrAttack
from tests.workers.attacks.nets import Linear, attack, linear_layer
from tests.workers.attacks.test_minimal_optimum import linear, nearest
from tests.workers.attacks.trained import held_out, trained_cnn
from workers.attacks.engine.suite import run_attack
from workers.attacks.minimal.ead import shrunk
from workers.attacks.minimal.pixel_groups import Groups

pytestmark = pytest.mark.slow


def test_ead_shrinks_by_hand() -> None:
    x = torch.tensor([[0.5, 0.5, 0.5, 0.02, 0.99]]).view(1, 1, 1, 5)
    z = torch.tensor([[0.505, 0.7, 0.2, -0.5, 1.5]]).view(1, 1, 1, 5)
    expected = torch.tensor([0.5, 0.69, 0.21, 0.0, 1.0]).view(1, 1, 1, 5)
    torch.testing.assert_close(shrunk(z, x, 0.01), expected)


def test_ead_comes_near_the_l1_optimum() -> None:
    """The L1 optimum moves one pixel alone; the elastic net's L2 part spreads a little of it."""
    model, x, y = linear()
    run = attack(model, Ead(), x, y)
    assert run.success.all()
    ratio = torch.from_numpy(run.distance) / nearest(model, x, y, torch.inf)
    assert ratio.min() > 0.999
    assert ratio.median() < 1.25


def test_ead_is_sparser_than_cw() -> None:
    model = trained_cnn()
    x, y = held_out(24)
    sparse = attack(model, Ead(), x, y)
    dense = attack(model, Cw(initial_const=1.0), x, y)
    assert (sparse.success == sparse.correct).all()
    both = torch.from_numpy(sparse.success & dense.success)

    def l1(x_adv: torch.Tensor) -> torch.Tensor:
        return (x_adv - x).flatten(1).abs().sum(1)[both]

    assert l1(sparse.x_adv).median() < 0.9 * l1(dense.x_adv).median()
    changed = ((sparse.x_adv - x).flatten(1) != 0).float().mean(1)[both]
    assert changed.median() < 0.5
    torch.testing.assert_close(torch.from_numpy(sparse.distance)[both].float(), l1(sparse.x_adv))


def test_ead_keeps_its_confidence() -> None:
    model = trained_cnn()
    x, y = held_out(12)
    run = attack(model, Ead(confidence=0.5, initial_const=0.1, binary_search_steps=5), x, y)
    with torch.no_grad():
        z = model(run.x_adv)
    lead = z.scatter(1, y[:, None], -torch.inf).amax(1) - z.gather(1, y[:, None]).squeeze(1)
    assert run.success.any()
    assert (lead[run.success] >= 0.49).all()


def test_group_norms_and_shrinkage_by_hand() -> None:
    groups = Groups(2, 3, 3)  # the right and lower groups are smaller
    d = torch.zeros(1, 2, 3, 3)
    d[0, 0, 0, 0], d[0, 1, 1, 1], d[0, 0, 2, 2] = 3.0, 4.0, 1.0
    torch.testing.assert_close(groups.norms(d), torch.tensor([[[5.0, 0.0], [0.0, 1.0]]]))
    out = groups.shrunk(d, 2.0)
    assert out[0, 0, 0, 0] == torch.tensor(3.0) * (1 - 2 / 5)
    assert out[0, 0, 2, 2] == 0
    mask = groups.touched(d)[0, 0]
    torch.testing.assert_close(mask, torch.tensor([[1.0, 1, 0], [1, 1, 0], [0, 0, 1]]))


def test_strattack_changes_the_planted_group_alone() -> None:
    """One 2x2 square decides; noise on all others: only that square may change."""
    g = torch.Generator().manual_seed(0)
    w = 0.02 * torch.randn(1, 8, 8, generator=g)
    w[0, 2:4, 4:6] = 3.0
    x = 0.4 + 0.2 * torch.rand(6, 1, 8, 8, generator=g)
    model = Linear(torch.stack([w.flatten(), torch.zeros(64)]), torch.tensor([-4.2, 0.0]))
    with torch.no_grad():
        y = model(x).argmax(1)
    run = attack(model, StrAttack(), x, y)
    assert run.success.all()
    changed = (run.x_adv - x).abs() > 0
    inside = torch.zeros(8, 8, dtype=torch.bool)
    inside[2:4, 4:6] = True
    assert not changed[:, 0][:, ~inside].any()
    assert run.extras["groups_changed"] == 6
    with torch.no_grad():
        gap = (model(x)[:, 0] - model(x)[:, 1]).abs()
    exact = gap / w[0, inside].norm()  # the nearest point with the other pixels fixed
    assert (torch.from_numpy(run.distance) / exact).max() < 1.02


def test_strattack_trades_groups_for_distance() -> None:
    model = trained_cnn()
    x, y = held_out(24)
    few, many = (attack(model, StrAttack(tau=tau), x, y) for tau in (3.0, 0.05))
    assert (few.success == few.correct).all()
    assert (many.success == many.correct).all()
    assert few.extras["groups_changed"] < 0.7 * many.extras["groups_changed"]


def test_strattack_keeps_within_the_change_allowed() -> None:
    model = trained_cnn()
    x, y = held_out(12)
    run = attack(model, StrAttack(max_change=0.2), x, y)
    assert run.success.any()
    assert (run.x_adv - x).abs().max() <= 0.2 + 1e-6


@functools.cache
def without_slope() -> tuple[nn.Sequential, Tensor, Tensor, Tensor]:
    """A ReLU net and images, a mask saying around which the net is constant."""
    g = torch.Generator().manual_seed(0)
    net = nn.Sequential(nn.Flatten(), nn.Linear(192, 4), nn.ReLU(), nn.Linear(4, 3))
    first, last = linear_layer(net, 1), linear_layer(net, 3)
    with torch.no_grad():
        for layer in (first, last):
            layer.weight.copy_(torch.randn(layer.weight.shape, generator=g))
            layer.bias.copy_(-layer.weight.sum(1) / 2)
        first.bias.sub_(2.0)  # off more often than not
    x = torch.rand(32, 3, 8, 8, generator=g)
    with torch.no_grad():
        return net.eval(), x, net(x).argmax(1), (first(x.flatten(1)) <= 0).all(1)


def test_strattack_finds_few_groups_where_the_gradient_is_zero() -> None:
    model, x, y, flat = without_slope()
    assert flat.sum() >= 5
    run = attack(model, StrAttack(), x, y)
    assert run.success.all()
    changed = Groups(2, 8, 8).norms(run.x_adv - x) > 0
    assert changed[flat].flatten(1).sum(1).max() <= 6  # of 16
    nearest = torch.from_numpy(attack(model, Cw(initial_const=1.0), x, y).distance)
    assert (torch.from_numpy(run.distance) < 5 * nearest)[flat].all()


@pytest.mark.parametrize("batch_size", [1, 7])
def test_strattack_finds_the_same_few_groups_in_any_company(batch_size: int) -> None:
    model, x, y, flat = without_slope()
    index = torch.arange(len(x))
    whole = run_attack(model, StrAttack(), x, y, index, seed=3).x_adv
    mixed = index.flip(0)[:8]
    part = run_attack(model, StrAttack(), x[mixed], y[mixed], mixed, seed=3, batch_size=batch_size).x_adv
    assert flat[mixed].any()
    torch.testing.assert_close(part, whole[mixed], rtol=0, atol=1e-5)


def test_strattack_gives_groups_back_without_any_slope() -> None:
    """Rounded input: gradients tell nothing anywhere, and of the groups' worth only their size is known."""
    linear = without_slope()[0]
    x, y = without_slope()[1][:6], without_slope()[2][:6]

    def stairs(images: Tensor) -> Tensor:
        return linear((images * 8).round() / 8)  # type: ignore[no-any-return]

    run = run_attack(stairs, StrAttack(), x, y, torch.arange(6))
    assert run.extras["zero_gradients"] == 6
    ours = run.success & run.correct
    assert ours.sum() == run.correct.sum()
    changed = (Groups(2, 8, 8).norms(run.x_adv - x) > 0).flatten(1).sum(1)
    assert changed[torch.from_numpy(ours)].float().mean() <= 8


def test_strattack_survives_finding_nothing() -> None:
    model = Linear(torch.zeros(2, 16), torch.tensor([5.0, 0.0]))
    x = torch.rand(3, 1, 4, 4, generator=torch.Generator().manual_seed(0))
    run = attack(model, StrAttack(), x, torch.zeros(3, dtype=torch.int64))
    assert not run.success.any()
    assert run.extras["groups_changed"] == 0

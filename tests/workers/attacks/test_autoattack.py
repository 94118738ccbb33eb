"""APGD, FAB, Square and AutoAttack: optima, few classes, sameness, and the mistakes that others have made."""

import numpy as np
import pytest
import torch

from openapi.attacks import Apgd, ApgdT, AutoAttack, FabT, Ifgsm, Pgd, Square
from openapi.attacks.base import Attack
from tests.workers.attacks.nets import Linear, attack, problem, small_cnn
from workers.attacks.ball.apgd import checkpoints
from workers.attacks.ball.fab import onto_plane
from workers.attacks.black_box.square import pattern, side, square
from workers.attacks.engine.batch import Batch, one_each
from workers.attacks.engine.rng import SampleRng
from workers.attacks.engine.suite import run_attack
from workers.attacks.engine.victim import Victim

pytestmark = pytest.mark.slow

SMALL: list[Attack] = [
    Ifgsm(eps=0.03),
    Apgd(eps=0.03, steps=12),
    Apgd(eps=0.3, norm="l2", steps=12, loss="dlr", restarts=2),
    ApgdT(eps=0.03, steps=8),
    FabT(eps=0.03, steps=10, restarts=2),
    FabT(eps=0.3, norm="l2", steps=10, restarts=2),
    Square(eps=0.03, queries=150),
    Square(eps=0.3, norm="l2", queries=150),
]
IDS = [f"{s.name}-{s.norm}" for s in SMALL]  # type: ignore[attr-defined]


def linear(classes: int = 3, n: int = 30) -> tuple[Linear, torch.Tensor, torch.Tensor, torch.Tensor]:
    """The distance of every image to its nearest boundary is known. No image is near a wall."""
    g = torch.Generator().manual_seed(5)
    model = Linear(torch.randn(classes, 16, generator=g))
    x = 0.3 + 0.4 * torch.rand(n, 1, 4, 4, generator=g)
    with torch.no_grad():
        z = model(x)
    return model, x, z.argmax(1), z


def boundary(model: Linear, z: torch.Tensor, y: torch.Tensor, norm: str) -> np.ndarray:
    w = model.weight.detach()
    out = torch.full((len(z),), torch.inf)
    for t in range(len(w)):
        d = w[y] - w[t]
        dual = d.abs().sum(1) if norm == "linf" else d.norm(dim=1)
        out = torch.where(y == t, out, torch.minimum(out, (z.gather(1, y[:, None])[:, 0] - z[:, t]) / dual))
    return out.numpy()


@pytest.mark.parametrize("norm", ["linf", "l2"])
@pytest.mark.parametrize("name", ["apgd-ce", "apgd-dlr", "apgd_t", "fab_t"])
def test_fools_exactly_those_within_reach(name: str, norm: str) -> None:
    # untargeted climbs may end at another class's corner; with two classes there is but one
    model, x, y, z = linear(classes=3 if name in ("apgd_t", "fab_t") else 2)
    near = boundary(model, z, y, norm)
    eps = float(np.median(near))
    specs = {
        "apgd-ce": Apgd(eps=eps, norm=norm),
        "apgd-dlr": Apgd(eps=eps, norm=norm, loss="dlr"),
        "apgd_t": ApgdT(eps=eps, norm=norm),
        "fab_t": FabT(eps=eps, norm=norm),
    }
    run = attack(model, specs[name], x, y)
    assert run.success[near < eps * 0.99].all()
    assert not run.success[near > eps * 1.0001].any()


@pytest.mark.parametrize("norm", ["linf", "l2"])
def test_fab_finds_the_nearest_point(norm: str) -> None:
    """One step of FAB on a linear model lands just behind the boundary, at 1.05 of its distance at most."""
    model, x, y, z = linear(classes=2)
    near = boundary(model, z, y, norm)
    run = attack(model, FabT(eps=1.0 if norm == "linf" else 10.0, norm=norm), x, y)
    assert run.success.all()
    assert (run.distance >= near * 0.999).all()
    np.testing.assert_allclose(run.distance, 1.05 * near, rtol=0.02)


@pytest.mark.parametrize("norm", ["linf", "l2"])
def test_projection_onto_plane_and_box(norm: str) -> None:
    """Against a dense search over the multiplier."""
    g = torch.Generator().manual_seed(0)
    x, w = torch.rand(20, 30, generator=g), torch.randn(20, 30, generator=g)
    x[:, :5], x[:, 5:8], w[:, 8] = 0, 1, 0
    need = torch.linspace(-4, 4, 20)
    d = onto_plane(x, w, need, norm)
    assert float((x + d).min()) >= -1e-6
    assert float((x + d).max()) <= 1 + 1e-6
    torch.testing.assert_close((w * d).sum(1), need, rtol=1e-4, atol=1e-5)
    lam = torch.linspace(0, 5, 20001).double()
    for i in range(20):
        s = w[i].sign() * need[i].sign()
        room = torch.where(s > 0, 1 - x[i], x[i]).double()
        pace = (w[i] != 0).double() if norm == "linf" else w[i].abs().double()
        grid = torch.minimum(lam[:, None] * pace, room)
        k = int(((grid * w[i].abs().double()).sum(1) >= abs(float(need[i]))).nonzero()[0])
        best = grid[k].amax() if norm == "linf" else grid[k].norm()
        got = d[i].abs().amax() if norm == "linf" else d[i].norm()
        assert float(got) <= float(best) + 1e-4


@pytest.mark.parametrize("norm", ["linf", "l2"])
def test_projection_of_gradients_whose_squares_are_no_float32_numbers(norm: str) -> None:
    g = torch.Generator().manual_seed(0)
    x, w, need = torch.rand(20, 30, generator=g), torch.randn(20, 30, generator=g), torch.linspace(-4, 4, 20)
    w[:, 8:20] = 0
    for power in (-90.0, -20.0, 20.0, 90.0):
        scale = 2.0**power
        torch.testing.assert_close(onto_plane(x, w * scale, need * scale, norm), onto_plane(x, w, need, norm))
    tiny = onto_plane(x, w * 1e-44, torch.full((20,), 69.0), norm)  # of a saturated net's log-probabilities
    assert bool(tiny.isfinite().all())
    assert float((x + tiny).min()) >= 0
    assert float((x + tiny).max()) <= 1


def test_projection_goes_to_the_corner_when_the_plane_is_out_of_reach() -> None:
    x, w = torch.full((2, 4), 0.5), torch.tensor([[1.0, -1.0, 2.0, 0.0]]).repeat(2, 1)
    d = onto_plane(x, w, torch.tensor([100.0, 0.0]), "l2")
    torch.testing.assert_close(d[0], torch.tensor([0.5, -0.5, 0.5, 0.0]))
    assert not d[1].any()


@pytest.mark.parametrize("spec", SMALL, ids=IDS)
def test_same_result_for_any_batch_size_and_sharding(spec: Attack) -> None:
    model = small_cnn()
    x, y = problem(model, 33)
    whole = attack(model, spec, x, y, seed=5)
    assert 0 < whole.success.sum() < 33
    index = torch.arange(33)
    halves = [run_attack(model, spec, x[s], y[s], index[s], seed=5) for s in (slice(0, 14), slice(14, 33))]
    for run in [attack(model, spec, x, y, seed=5, batch_size=b) for b in (1, 7)]:
        assert (run.success == whole.success).all()
        assert (run.queries == whole.queries).all()
        np.testing.assert_allclose(run.distance, whole.distance, atol=1e-5)
    assert (np.concatenate([s.success for s in halves]) == whole.success).all()


@pytest.mark.parametrize("spec", SMALL, ids=IDS)
def test_examples_are_valid(spec: Attack) -> None:
    model = small_cnn()
    x, y = problem(model, 48)
    x[:12] = x[:12].round()
    with torch.no_grad():
        y = model(x).argmax(1)
    run = attack(model, spec, x, y)
    delta = (run.x_adv.double() - x.double()).flatten(1)
    size = delta.abs().amax(1) if spec.norm == "linf" else delta.norm(dim=1)  # type: ignore[attr-defined]
    assert float(size.max()) <= spec.eps  # type: ignore[attr-defined]
    assert float(run.x_adv.min()) >= 0
    assert float(run.x_adv.max()) <= 1
    with torch.no_grad():
        fresh = model(run.x_adv).argmax(1).numpy()
    assert run.success.any()
    assert (fresh != run.label)[run.success].all()
    state = torch.random.get_rng_state()
    attack(model, spec, x[:4], y[:4])
    assert torch.equal(torch.random.get_rng_state(), state)  # the caller's random numbers are not touched


@pytest.mark.parametrize(("classes", "norm"), [(2, "linf"), (3, "l2")])
def test_autoattack_with_few_classes(classes: int, norm: str) -> None:
    model = small_cnn(classes=classes)
    x, y = problem(model, 8)
    eps = 0.02 if norm == "linf" else 0.5
    run = attack(model, AutoAttack(eps=eps, norm=norm), x, y)
    by = run.extras["fooled_by"]
    assert list(by) == ["apgd-ce", "apgd-t", "fab-t", "square"]
    assert sum(by.values()) == run.success.sum()
    pgd = attack(model, Pgd(eps=eps, norm=norm, steps=50, restarts=3), x, y)
    assert run.success.sum() >= pgd.success.sum()


def test_square_counts_its_queries() -> None:
    model = small_cnn()
    x, y = problem(model, 20)
    run = attack(model, Square(eps=0.03, queries=40), x, y)
    assert run.backward_passes == 0
    assert (run.queries[~run.success] == 40).all()
    assert (run.queries[run.success] <= 40).all()
    assert run.forward_passes == run.queries.sum()


def test_one_of_each_row() -> None:
    rows, score = torch.tensor([3, 1, 3, 1, 2, 3]), torch.tensor([0.0, 5.0, 2.0, 5.0, -1.0, 2.0])
    assert one_each(rows, score).tolist() == [1, 4, 2]
    assert one_each(rows[:0], score[:0]).tolist() == []


@pytest.mark.parametrize("norm", ["linf", "l2"])
def test_square_finds_the_same_when_it_tries_proposals_ahead(norm: str) -> None:
    model = small_cnn()
    x, y = problem(model, 20)
    spec = Square(eps=0.03 if norm == "linf" else 0.4, norm=norm, queries=300)
    batches = []
    for ahead in (1, 8):
        victim = Victim(model, torch.arange(20))
        with torch.no_grad():
            batches.append(Batch(victim, x, y, model(x), SampleRng(0, torch.arange(20)), norm=norm))  # type: ignore[arg-type]
        square(batches[-1], spec, ahead=ahead)
    one, several = batches
    assert 2 <= one.found.sum() <= 18
    assert torch.equal(one.found, several.found)
    torch.testing.assert_close(several.x_adv, one.x_adv, rtol=0, atol=1e-6)
    assert several.victim.forwards.sum() > one.victim.forwards.sum(), "none was tried ahead"
    assert (attack(model, Pgd(eps=0.03), x, y).queries == -1).all()


def test_square_needs_no_gradient() -> None:
    model = small_cnn()
    x, y = problem(model, 20)

    class Opaque(torch.nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            with torch.no_grad():
                return model(x).detach()  # type: ignore[no-any-return]

    assert (attack(Opaque(), Square(eps=0.05, queries=60), x, y).success).any()


def test_square_schedule_and_pattern() -> None:
    assert [side(0.8, q, 1024) for q in (0, 10, 11, 51, 201, 4999)] == [29, 29, 20, 14, 10, 3]
    for s in (3, 5, 7, 8):
        p = pattern(s)
        assert p.shape == (s, s)
        torch.testing.assert_close(p.norm(), torch.tensor(1.0))
        assert float(p[: s // 2].min()) > 0 > float(p[s // 2 :].max())


def test_checkpoints_of_the_paper() -> None:
    assert checkpoints(100) == [22, 41, 57, 70, 80, 87, 93, 99]
    assert checkpoints(1) == [1]
    assert checkpoints(10)[0] == 2


def test_apgd_keeps_its_best_point_for_those_it_cannot_fool() -> None:
    g = torch.Generator().manual_seed(3)
    w = torch.randn(16, generator=g)
    model = Linear(torch.stack([w, torch.zeros(16)]), torch.tensor([20.0, 0.0]))
    x = 0.3 + 0.4 * torch.rand(6, 1, 4, 4, generator=g)
    run = attack(model, Apgd(eps=0.05, steps=30), x, torch.zeros(6, dtype=torch.int64))
    assert not run.success.any()
    torch.testing.assert_close(run.x_adv, x - 0.05 * w.sign().view(1, 1, 4, 4), rtol=0, atol=1e-6)

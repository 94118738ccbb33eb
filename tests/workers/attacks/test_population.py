"""NAttack and one pixel work through their populations by block: bounded memory, and nothing else changes."""

from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from openapi.attacks import Nattack, OnePixel
from openapi.attacks.base import Attack
from tests.workers.attacks.nets import Linear
from tests.workers.attacks.trained import held_out, trained_cnn
from workers.attacks.black_box.nattack import _ascent
from workers.attacks.black_box.population import BLOCK, Boldest, shares
from workers.attacks.engine.batch import Batch
from workers.attacks.engine.rng import SampleRng
from workers.attacks.engine.suite import run_attack
from workers.attacks.engine.victim import Victim
from workers.attacks.maths.balls import ball
from workers.attacks.maths.losses import margin

IMAGE = 3 * 16 * 16 * 4  # bytes
CLASSES = 40


class Largest(TorchDispatchMode):
    """Remembers the largest storage that any operation has returned, in bytes."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.nbytes = 0

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        out = func(*args, **(kwargs or {}))
        sizes = [t.untyped_storage().nbytes() for t in tree_leaves(out) if isinstance(t, Tensor)]
        self.nbytes = max([self.nbytes, *sizes])
        return out


@pytest.mark.parametrize(
    "spec",
    [Nattack(eps=0.1, steps=2, samples=3001), OnePixel(population=3001, generations=2)],
    ids=lambda s: s.name,
)
def test_memory_does_not_grow_with_the_population(spec: Attack) -> None:
    """Never more than a block's images, the last one's two more and padding, and 1,024 candidates' logits."""
    model = Linear(torch.randn(CLASSES, 768, generator=torch.Generator().manual_seed(0)) / 100)
    x = torch.rand(1, 3, 16, 16, generator=torch.Generator().manual_seed(1))
    model.bias.data[3] += 100  # nobody is ever fooled
    with Largest() as largest:
        run = run_attack(model, spec, x, torch.tensor([3]), torch.tensor([0]), batch_size=100_000)
    assert run.queries[0] == (2 * 3002 if isinstance(spec, Nattack) else 3 * 3001)
    assert 1024 * CLASSES * 4 <= (BLOCK + 4) * IMAGE
    assert largest.nbytes <= (BLOCK + 4) * IMAGE
    assert largest.nbytes >= 56 * IMAGE


@pytest.mark.parametrize(
    "spec", [Nattack(eps=0.1, steps=6, samples=131), OnePixel(population=150, generations=3)], ids=lambda s: s.name
)
def test_many_blocks_meet_the_same_numbers_anywhere(spec: Attack) -> None:
    model = trained_cnn()
    x, y = held_out(7)
    index = torch.arange(100, 107)
    whole = run_attack(model, spec, x, y, index, seed=5, batch_size=300)
    order = torch.tensor([5, 0, 3])
    part = run_attack(model, spec, x[order], y[order], index[order], seed=5, batch_size=7)
    assert (whole.queries[order] == part.queries).all()
    assert (whole.success[order] == part.success).all()
    torch.testing.assert_close(part.x_adv, whole.x_adv[order], rtol=0, atol=1e-5)


def batch_of(model: nn.Module, x: Tensor, y: Tensor) -> Batch:
    index = torch.arange(len(x))
    with torch.no_grad():
        return Batch(Victim(model, index), x, y, model(x), SampleRng(2, index))


@pytest.mark.parametrize("samples", [2, 3, 64, 131, 200])
@pytest.mark.parametrize("norm", ["linf", "l2"])
def test_nattack_s_sum_is_the_whole_population_s(samples: int, norm: str) -> None:
    """All samples at once, standardised first and summed then, as the formula says."""
    spec = Nattack(eps=0.3, norm=norm, samples=samples)
    model = trained_cnn()
    x, y = held_out(3)
    batch, rows, centre = batch_of(model, x, y), torch.arange(3), x + 0.01
    found, _ = _ascent(batch, rows, centre, ball(x, 0.3, norm), spec, 4)

    rng, shape = batch.rng.stream("nattack"), tuple(x.shape[1:])
    blocks = [rng.stream(str(b)).normal(rows, (k, *shape), 4) for b, k in shares(samples // 2, BLOCK // 2)]
    half, odd = torch.cat(blocks, 1), rng.normal(rows, (samples % 2, *shape), 4)
    noise = torch.cat([half, -half, odd], 1)
    points = [ball(x, 0.3, norm).project(centre + spec.sigma / 2 * noise[:, i]) for i in range(samples)]
    with torch.no_grad():
        score = torch.stack([margin(model(p), y) for p in points], 1)
    score = (score - score.mean(1, keepdim=True)) / (score.std(1, keepdim=True) + 1e-7)
    expected = (score[:, :, None, None, None] * noise).sum(1)
    torch.testing.assert_close(found, expected, rtol=1e-3, atol=1e-3)
    assert batch.victim.forwards.tolist() == [samples + 1] * 3


def test_blocks_cover_everything_once() -> None:
    for count in (1, 5, 63, 64, 65, 150, 400, 1001):
        blocks = shares(count, 64)
        assert [i for begin, size in blocks for i in range(begin, begin + size)] == list(range(count))
        assert len(blocks) == -(-count // 64)
        assert max(size for _, size in blocks) <= 64


def test_the_boldest_over_all_blocks_and_of_equals_the_first() -> None:
    model = Linear(torch.eye(2))
    x = torch.tensor([[0.9, 0.1], [0.8, 0.2], [0.7, 0.3]]).view(3, 1, 1, 2)
    batch = batch_of(model, x, torch.zeros(3, dtype=torch.int64))
    boldest = Boldest(batch, batch.active())
    leads = [[[0.1, 0.3], [-0.5, -0.2], [0.2, 0.1]], [[0.3, 0.2], [-0.1, -0.3], [0.1, 0.4]]]
    for block, lead in enumerate(leads):
        value = torch.tensor(lead)
        logits = torch.stack([torch.zeros_like(value), value], 2)
        at, which = boldest.leaders(logits, value)
        boldest.image[at] = (10 * block + which + 1).float().view(-1, 1, 1, 1).expand(-1, 1, 1, 2)
    assert boldest.keep(1).tolist() == [True, False, True]
    assert batch.x_adv[:, 0, 0, 0].tolist() == [2.0, pytest.approx(0.8), 12.0]

"""The adversarial halves of dual pairs: every step is taken by every sample."""

import torch
from torch import nn

from tests.workers.attacks.nets import Linear, problem, small_cnn
from workers.attacks.ball.pairs import dual_pairs, pgd_batch
from workers.attacks.maths.losses import log_odds


def test_all_steps_are_taken_by_everyone() -> None:
    """Fooled early or misclassified from the start, every sample goes on to the optimum of its ball."""
    w = torch.randn(9, generator=torch.Generator().manual_seed(0))
    model = Linear(torch.stack([w, torch.zeros(9)]))
    x = torch.full((6, 1, 3, 3), 0.5) + 0.01 * torch.rand(6, 1, 3, 3)
    y = torch.tensor([0, 1, 0, 1, 0, 1])
    adv = dual_pairs(model, x, y, torch.arange(6), seed=0, eps=0.1, steps=20)
    side = torch.where(y == 0, -1.0, 1.0).view(-1, 1, 1, 1)
    torch.testing.assert_close(
        adv - x, 0.1 * side * torch.sign(w).view(1, 1, 3, 3).expand(6, 1, 3, 3), rtol=0, atol=1e-6
    )
    assert float((adv - x).abs().max()) <= 0.1


def test_same_pairs_for_any_batch_and_shard() -> None:
    model = small_cnn()
    x, y = problem(model, 30)
    whole = dual_pairs(model, x, y, torch.arange(30), seed=4, eps=0.02, steps=5)
    small = dual_pairs(model, x, y, torch.arange(30), seed=4, eps=0.02, steps=5, batch_size=7)
    tail = dual_pairs(model, x[11:], y[11:], torch.arange(11, 30), seed=4, eps=0.02, steps=5)
    torch.testing.assert_close(small, whole, rtol=0, atol=1e-5)
    torch.testing.assert_close(tail, whole[11:], rtol=0, atol=1e-5)
    l2 = dual_pairs(model, x, y, torch.arange(30), seed=4, eps=0.3, steps=5, norm="l2")
    assert float((l2 - x).flatten(1).norm(dim=1).max()) <= 0.3


def test_pgd_batch_raises_the_loss_and_leaves_no_weight_gradient() -> None:
    model = small_cnn()
    x, y = problem(model, 32)
    adv = pgd_batch(
        lambda v, rows: log_odds(model(v), y[rows]), x, eps=0.05, steps=5, generator=torch.Generator().manual_seed(0)
    )
    again = pgd_batch(
        lambda v, rows: log_odds(model(v), y[rows]), x, eps=0.05, steps=5, generator=torch.Generator().manual_seed(0)
    )
    assert torch.equal(adv, again)
    assert not adv.requires_grad
    assert float((adv - x).abs().max()) <= 0.05 + 1e-6
    assert float(adv.min()) >= 0
    assert float(adv.max()) <= 1
    with torch.no_grad():
        before, after = (nn.functional.cross_entropy(model(v), y) for v in (x, adv))
    assert after > before + 0.02
    assert all(p.grad is None for p in model.parameters())

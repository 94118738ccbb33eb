"""Losses against their formulas."""

import torch

from workers.attacks.maths.losses import log_odds, margin, nearing


def gradient(loss: torch.Tensor, logits: torch.Tensor) -> torch.Tensor:
    (found,) = torch.autograd.grad(loss.sum(), logits, retain_graph=True)
    return found


def test_nearing_goes_from_log_odds_to_the_margin() -> None:
    """Far away it pulls as cross-entropy does, on the boundary and beyond as the margin, and between as the root of
    p_t / p_y says."""
    y = torch.tensor([0, 0, 0, 0])
    logits = torch.tensor(
        [[40.0, 1.0, 0.9, 0.0], [2.0, 2.0, 1.0, 0.0], [1.0, 3.0, 2.9, 0.0], [3.0, 1.0, 0.5, 0.0]],
        dtype=torch.float64,
        requires_grad=True,
    )
    nobody = torch.zeros(4, 4, dtype=torch.bool)
    got = gradient(nearing(logits, y, nobody), logits)
    far, near = gradient(log_odds(logits, y), logits), gradient(margin(logits, y), logits)
    torch.testing.assert_close(got[0], far[0], rtol=0, atol=1e-8)
    torch.testing.assert_close(got[2], near[2], rtol=0, atol=0)
    torch.testing.assert_close(nearing(logits, y, nobody)[1:3], margin(logits, y)[1:3])
    p = logits[3].softmax(0)
    w = (p[1] / p[0]).sqrt()
    torch.testing.assert_close(got[3], w * near[3] + (1 - w) * far[3])


def test_nearing_without_a_class_is_that_of_a_model_that_never_had_it() -> None:
    y = torch.tensor([0, 2])
    logits = torch.tensor([[1.0, 3.0, -2.0, 0.5], [0.0, 4.0, 5.0, 1.0]], requires_grad=True)
    gone = torch.tensor([[False, True, False, False], [False, True, False, False]])
    fewer = logits[:, [0, 2, 3]]
    expected = nearing(fewer, torch.tensor([0, 1]), torch.zeros(2, 3, dtype=torch.bool))
    got = nearing(logits, y, gone)
    torch.testing.assert_close(got, expected)
    torch.testing.assert_close(gradient(got, logits), gradient(expected, logits))

"""What an attack knows of its rows shrinks together."""

import torch

from workers.attacks.engine.rows import without
from workers.attacks.maths.balls import LinfBall


def test_tensors_balls_and_tuples_of_them_lose_the_same_rows() -> None:
    x = torch.rand(4, 1, 2, 2)
    gone = torch.tensor([True, False, True, False])
    rows, space, (flags, deep), empty = without(
        gone, torch.arange(4), LinfBall(x, 0.1), (gone, (x,)), torch.empty(4, 0)
    )
    assert rows.tolist() == [1, 3]
    assert torch.equal(space.x, x[[1, 3]])
    assert torch.equal(space.lower, LinfBall(x, 0.1).lower[[1, 3]])
    assert flags.tolist() == [False, False]
    assert torch.equal(deep[0], x[[1, 3]])
    assert empty.shape == (2, 0)
    assert without(torch.ones(4, dtype=torch.bool), x)[0].shape == (0, 1, 2, 2)

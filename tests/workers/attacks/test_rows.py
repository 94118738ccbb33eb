"""What an attack knows of its rows shrinks together."""

from dataclasses import dataclass

import torch
from torch import Tensor

from workers.attacks.engine.rows import RowState, without
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


@dataclass
class _State(RowState):
    rows: Tensor
    image: Tensor


def test_the_fields_of_a_state_shrink_and_grow_together() -> None:
    x = torch.rand(4, 1, 2, 2)
    state = _State(torch.arange(4), x).without(torch.tensor([False, True, True, False]))
    assert state.rows.tolist() == [0, 3]
    assert torch.equal(state.image, x[[0, 3]])
    both = state.join(_State(torch.tensor([9]), x[1:2]))
    assert both.rows.tolist() == [0, 3, 9]
    assert torch.equal(both.image, x[[0, 3, 1]])

"""A small CNN that has learnt something: 12×12 pictures of three kinds, with noise."""

import functools

import torch
from torch import Tensor, nn


def pictures(n: int, seed: int) -> tuple[Tensor, Tensor]:
    """Return (n, 1, 12, 12) in [0, 1] and labels: a horizontal bar, a vertical bar, or a blob, dark or bright."""
    g = torch.Generator().manual_seed(seed)
    y = torch.randint(3, (n,), generator=g)
    x = 0.15 * torch.randn(n, 1, 12, 12, generator=g) + 0.4
    place = torch.randint(2, 9, (n, 2), generator=g).tolist()
    for i, (row, column) in enumerate(place):
        if y[i] == 0:
            x[i, 0, row : row + 2, 1:11] += 0.35
        elif y[i] == 1:
            x[i, 0, 1:11, column : column + 2] += 0.35
        else:
            x[i, 0, row - 1 : row + 3, column - 1 : column + 3] += 0.35
    return x.clamp(0, 1), y


@functools.cache
def trained_cnn() -> nn.Sequential:
    """Train for a few seconds; about 95 % accurate."""
    generator_state = torch.get_rng_state()
    torch.manual_seed(0)
    model = nn.Sequential(
        nn.Conv2d(1, 8, 3, padding=1),
        nn.ReLU(),
        nn.Conv2d(8, 12, 3, stride=2, padding=1),
        nn.ReLU(),
        nn.Flatten(),
        nn.Linear(432, 3),
    )
    torch.set_rng_state(generator_state)
    x, y = pictures(1500, seed=1)
    optimiser = torch.optim.Adam(model.parameters(), lr=3e-3)
    for epoch in range(8):
        order = torch.randperm(len(x), generator=torch.Generator().manual_seed(epoch))
        for batch in order.split(50):
            optimiser.zero_grad()
            nn.functional.cross_entropy(model(x[batch]), y[batch]).backward()
            optimiser.step()
    return model.eval()


def held_out(n: int) -> tuple[Tensor, Tensor]:
    """Return n fresh pictures."""
    return pictures(n, seed=2)

"""Windows of x taken from x', one at a time, against a loop."""

import pytest
import torch
from torch import nn

from workers.attacks.minimal.pixel_groups import Groups
from workers.neurons.windows import map_scores, vulnerability_maps


@pytest.mark.parametrize(
    ("size", "window", "shape"), [((6, 6), 2, (3, 3)), ((5, 7), 3, (2, 3)), ((4, 4), None, (2, 2))]
)
def test_maps_are_the_loop_over_windows(size: tuple[int, int], window: int | None, shape: tuple[int, int]) -> None:
    generator = torch.Generator().manual_seed(0)
    x, x_adv = (torch.rand(2, 3, *size, generator=generator) for _ in range(2))
    torch.manual_seed(1)
    model = nn.Sequential(nn.Flatten(), nn.Linear(3 * size[0] * size[1], 4)).eval()
    benign, adversarial = torch.tensor([0, 3]), torch.tensor([2, 1])
    maps = vulnerability_maps(model, x, x_adv, benign, adversarial, window, batch_size=3)
    assert maps.benign.shape == maps.adversarial.shape == (2, *shape)
    side = window or 2
    with torch.no_grad():
        p = model(x).softmax(1)
        for i in range(2):
            for row in range(shape[0]):
                for column in range(shape[1]):
                    mixed = x[i : i + 1].clone()
                    part = (..., slice(row * side, (row + 1) * side), slice(column * side, (column + 1) * side))
                    mixed[part] = x_adv[i : i + 1][part]
                    q = model(mixed).softmax(1)[0]
                    b, a = benign[i], adversarial[i]
                    assert maps.benign[i, row, column].item() == pytest.approx((p[i, b] - q[b]).item(), abs=1e-6)
                    assert maps.adversarial[i, row, column].item() == pytest.approx((q[a] - p[i, a]).item(), abs=1e-6)


def test_scores_are_means_weighted_by_the_field() -> None:
    fields = torch.zeros(1, 3, 2, 2)
    fields[0, 0, 0, 0] = 2.0  # sees the upper left corner alone
    fields[0, 1] = 1.0  # sees everything
    values = torch.tensor([[[1.0, 0.0], [0.0, 3.0]]])
    scores = map_scores(fields, values, Groups(1, 2, 2))
    torch.testing.assert_close(scores, torch.tensor([[1.0, 1.0, 0.0]], dtype=torch.float64))
    larger = map_scores(fields, values, Groups(2, 4, 4))[0]
    assert larger[0] < 1  # upsampled, the field leaks into the neighbours
    assert larger[1] == pytest.approx(1.0)

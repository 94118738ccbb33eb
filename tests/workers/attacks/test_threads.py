"""Small models run on one thread, large ones on all; the process has its own number again afterwards."""

from collections.abc import Iterator

import pytest
import torch
from torch import Tensor, nn

from openapi.attacks import Fgsm
from tests.workers.attacks.nets import attack, problem, small_cnn
from workers.attacks.engine import threads
from workers.attacks.engine.threads import fitting_threads


@pytest.fixture(autouse=True)
def _two_threads() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    yield
    torch.set_num_threads(before)


def test_one_thread_for_little_work_alone() -> None:
    with fitting_threads(64 * 16e3):
        assert torch.get_num_threads() == 1
    assert torch.get_num_threads() == 2
    with fitting_threads(3e9):
        assert torch.get_num_threads() == 2


class Watched(nn.Module):
    """Notes on how many threads it is called."""

    def __init__(self) -> None:
        super().__init__()
        self.net, self.seen = small_cnn(), set[int]()

    def forward(self, x: Tensor) -> Tensor:
        if x.requires_grad and len(x) > 2:  # not the measurements before
            self.seen.add(torch.get_num_threads())
        logits: Tensor = self.net(x)
        return logits


@pytest.mark.parametrize(("little", "expected"), [(2e9, 1), (0.0, 2)])
def test_attacks_run_so(little: float, expected: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threads, "_LITTLE", little)
    model = Watched()
    x, y = problem(model, 8)
    attack(model, Fgsm(eps=0.1), x, y)
    assert model.seen == {expected}
    assert torch.get_num_threads() == 2


def test_an_error_leaves_the_number_as_it_was() -> None:
    with pytest.raises(ValueError, match="stop"), fitting_threads(1e6):
        raise ValueError("stop")
    assert torch.get_num_threads() == 2

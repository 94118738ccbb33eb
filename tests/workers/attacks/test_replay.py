"""Replayed passes are the passes themselves; where they are not, the attack goes on without them.

Without a GPU passes are replayed by running the model again on the recording's own memory, results written over the
last ones: all but the graph itself is as it is there. On a machine with a GPU all is done with CUDA graphs as well.
"""

import functools
from collections.abc import Callable, Sequence
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from openapi.problems import ModelNumerics
from tests.workers.attacks.nets import small_cnn
from tests.workers.attacks.recorders import Hasty, Refusing, Stale
from workers.attacks.engine import replay
from workers.attacks.engine.replay import RECORDERS, CudaRecorder, Recorder, Replays, padded_size
from workers.attacks.engine.victim import Victim
from workers.attacks.maths.losses import log_odds, margin, margin_pair


class Counted(nn.Module):
    """Notes the sizes of the passes."""

    def __init__(self, net: nn.Module) -> None:
        super().__init__()
        self.net = net
        self.sizes: list[int] = []

    def forward(self, x: Tensor) -> Tensor:
        self.sizes.append(len(x))
        z: Tensor = self.net(x)
        return z


def images(n: int, device: torch.device, seed: int = 0) -> tuple[Tensor, Tensor]:
    x = torch.rand(n, 1, 8, 8, generator=torch.Generator().manual_seed(seed))
    return x.to(device), (torch.arange(n) % 4).to(device)


def victims(device: torch.device, n: int, net: nn.Module | None = None, **options: Any) -> tuple[Victim, Victim]:
    """One that makes its passes as usual, and one with replays."""
    net = (net or small_cnn()).to(device).eval().requires_grad_(False)
    index = torch.arange(n, device=device) + 100
    return Victim(net, index, **options), Victim(net, index, replays=Replays(device), **options)


def ask(victim: Victim, n: int, seed: int = 0, loss: Callable[..., Tensor] = log_odds) -> tuple[Tensor, ...]:
    x, y = images(n, victim.index.device, seed)
    return victim.gradient(x, loss, victim.everyone[:n], y)


def replays(victim: Victim) -> Replays:
    assert victim.replays is not None
    return victim.replays


def assert_same(a: Sequence[Tensor], b: Sequence[Tensor]) -> None:
    for mine, other in zip(a, b, strict=True):
        assert mine.shape == other.shape
        assert mine.is_contiguous()
        torch.testing.assert_close(mine, other, rtol=0, atol=1e-6)


def test_sizes() -> None:
    assert [padded_size(n, 1024) for n in (1, 7, 8, 9, 16, 17, 300, 1000)] == [8, 8, 8, 12, 16, 24, 384, 1024]
    assert [padded_size(n, 100) for n in (3, 65, 100)] == [8, 96, 100]
    assert [padded_size(n, 5) for n in (1, 5)] == [5, 5]


def test_the_third_time_a_pass_is_recorded_and_then_replayed(device: torch.device) -> None:
    usual, victim = victims(device, 48)
    recordings = []
    for seed, n in enumerate((40, 33, 48, 36, 40, 34)):  # all of them are padded to 48
        assert_same(ask(victim, n, seed), ask(usual, n, seed))
        recordings.append(len(replays(victim)))
    assert recordings == [0, 0, 1, 1, 1, 1]
    assert replays(victim).told == 3
    for seed, n in enumerate((3, 8, 5, 1, 7)):
        assert_same(ask(victim, n, seed), ask(usual, n, seed))
    assert (len(replays(victim)), replays(victim).told) == (2, 5)
    assert torch.equal(victim.forwards, usual.forwards)
    assert torch.equal(victim.backwards, usual.backwards)


def test_few_sizes_go_through_the_model(device: torch.device) -> None:
    net = Counted(small_cnn())
    _, victim = victims(device, 64, net)
    for _ in range(3):
        ask(victim, 64)
    net.sizes.clear()
    for n in range(64, 32, -1):
        ask(victim, n)
    assert set(net.sizes) <= {48, 64}  # on a GPU only those before the recording of 48


def test_answers_have_memory_of_their_own(device: torch.device) -> None:
    _, victim = victims(device, 16)
    for _ in range(3):
        ask(victim, 16)
    first = ask(victim, 16, 1)
    kept = [t.clone() for t in first]
    for answer in (ask(victim, 16, 2), ask(victim, 12, 3)):
        answer[2].fill_(torch.nan)  # callers write over it
    assert all(torch.equal(a, b) for a, b in zip(first, kept, strict=True))
    assert_same(ask(victim, 16, 1), kept)


def test_each_loss_arithmetic_and_argument_has_its_own_recording(device: torch.device) -> None:
    _, victim = victims(device, 8)
    x, y = images(8, device)
    for _ in range(4):
        ask(victim, 8)
        ask(victim, 8, loss=margin)
        victim.gradient(x, margin_pair, victim.everyone, y, (y + 1) % 4)
        victim.gradient(x, margin_pair, victim.everyone, y, torch.stack([y, y], 1)[:, 1])  # the same kind
    assert len(replays(victim)) == 3
    victim.rough = True
    for _ in range(4):
        ask(victim, 8)
    assert len(replays(victim)) == 4


def test_losses_that_may_change_are_not_recorded(device: torch.device) -> None:
    def of_this_place(z: Tensor, y: Tensor) -> Tensor:
        return margin(z, y)

    usual, victim = victims(device, 8)
    for factor in (1.0, 2.0, 3.0, 4.0, 5.0):

        def scaled(z: Tensor, y: Tensor, by: float = factor) -> Tensor:
            return by * log_odds(z, y)

        for loss in (
            scaled,
            of_this_place,
            functools.partial(scaled, by=factor),
            lambda z, y, by=factor: by * log_odds(z, y),
        ):
            assert_same(ask(victim, 8, loss=loss), ask(usual, 8, loss=loss))
    assert (len(replays(victim)), replays(victim).told) == (0, 0)


def test_there_are_only_so_many(device: torch.device, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replay, "_MOST", 2)
    usual, victim = victims(device, 64)
    for n in (8, 16, 32, 64):
        for seed in range(4):
            assert_same(ask(victim, n, seed), ask(usual, n, seed))
    assert (len(replays(victim)), replays(victim).told) == (2, 2)


@pytest.mark.parametrize(
    ("recorder", "why"),
    [(Stale, "differed"), (Hasty, "differed"), (Refusing, "OutOfMemoryError")],
    ids=lambda v: getattr(v, "__name__", ""),
)
def test_what_cannot_be_replayed_is_given_up(
    recorder: Callable[[torch.device], Recorder], why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(RECORDERS, "cpu", recorder)
    usual, victim = victims(torch.device("cpu"), 16)
    for n in (16, 16, 16, 16, 5, 5, 5, 5):
        seed = len(str(replays(victim).told)) + n
        assert_same(ask(victim, n, seed), ask(usual, n, seed))
    assert len(replays(victim)) == 0
    assert replays(victim).replayed == 0
    assert str(replays(victim).told).startswith("given up: ")
    assert why in str(replays(victim).told)


class HostDependent(nn.Module):
    """Asks the device for a number, which no recording can."""

    def __init__(self) -> None:
        super().__init__()
        self.net = small_cnn()

    def forward(self, x: Tensor) -> Tensor:
        z: Tensor = self.net(x)
        return z if float(z.detach().amax()) > -1e9 else -z


def test_models_that_ask_the_host_are_attacked_as_usual(device: torch.device) -> None:
    usual, victim = victims(device, 8, HostDependent())
    for seed in range(5):
        assert_same(ask(victim, 8, seed), ask(usual, 8, seed))
    if device.type == "cuda":
        assert replays(victim).told == "given up: recording a pass raised RuntimeError"
        other = CudaRecorder(device)  # nothing is broken by it
        x, y = images(8, device)
        play = other.record(functools.partial(usual._both_ways, log_odds), (x, y))
        assert_same(play(), ask(usual, 8))


class Fragile(nn.Module):
    """Has no logits for images with a pixel above 2, and no gradient at 0 for those with a pixel of exactly 0.5."""

    def __init__(self) -> None:
        super().__init__()
        self.net = small_cnn()

    def forward(self, x: Tensor) -> Tensor:
        broken = (x.amax((1, 2, 3)) > 2)[:, None]
        root = (x[:, 0, 0, :1] - 0.5).clamp_min(0).sqrt()  # its slope at 0 is infinite, times 0
        z: Tensor = self.net(x) + 0 * root
        return torch.where(broken, torch.nan, z)


def test_a_replay_that_is_not_finite_names_the_sample(device: torch.device) -> None:
    _, victim = victims(device, 12, Fragile())
    for seed in range(4):
        ask(victim, 12, seed)
    x, y = images(5, device)
    x[3, 0, 4, 4] = 3.0
    before = replays(victim).told
    rows = torch.tensor([1, 2, 4, 7, 9], device=device)
    for _ in range(3):
        victim.gradient(images(5, device, 1)[0], log_odds, rows, y)
    with pytest.raises(ModelNumerics, match="sample 107") as caught:
        victim.gradient(x, log_odds, rows, y)
    assert caught.value.extra["index"] == 107
    assert isinstance(before, int)
    assert replays(victim).told == before + 1
    victim.gradient(images(5, device, 2)[0], log_odds, rows, y)  # and goes on
    assert replays(victim).told == before + 2


def test_rows_without_a_gradient_are_no_difference(device: torch.device) -> None:
    usual, victim = victims(device, 8, Fragile())
    x, y = images(8, device)
    x[2, 0, 0, 0] = 0.5
    for _ in range(4):
        for v in (usual, victim):
            assert bool((v.gradient(x, log_odds, v.everyone, y)[2][2] == 0).all())
    assert replays(victim).told == 1
    assert victim.bad_gradients.nonzero().flatten().tolist() == [2]


class Full(nn.Module):
    """Runs out of memory beyond so many rows."""

    def __init__(self) -> None:
        super().__init__()
        self.net = small_cnn()
        self.most = 64

    def forward(self, x: Tensor) -> Tensor:
        if len(x) > self.most:
            raise torch.OutOfMemoryError("CUDA out of memory")
        z: Tensor = self.net(x)
        return z


def test_out_of_memory_drops_the_recordings_and_begins_with_smaller_ones(device: torch.device) -> None:
    net = Full()
    usual, victim = victims(device, 64, net, tile=64)
    for seed in range(4):
        ask(victim, 64, seed)
    assert (len(replays(victim)), replays(victim).told) == (1, 1)
    net.most = 16
    victim.logits(images(64, device)[0], victim.everyone)
    assert victim.tile == 16
    assert len(replays(victim)) == 0
    for seed in range(4):
        assert_same(ask(victim, 64, seed), ask(usual, 64, seed))
    assert len(replays(victim)) == 1
    assert replays(victim).reason is None


def test_log_probabilities_are_replayed(device: torch.device) -> None:
    usual, victim = victims(device, 8, nn.Sequential(small_cnn(), nn.Softmax(1)), probabilities=True)
    for seed in range(5):
        assert_same(ask(victim, 8, seed), ask(usual, 8, seed))
    assert replays(victim).told == 2

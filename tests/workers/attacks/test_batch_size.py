"""The tile is what has room, by measurement, and the result does not depend on it."""

import subprocess
import sys
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from openapi.attacks import Pgd
from tests.workers.attacks.nets import attack, problem, small_cnn
from workers.attacks.engine import batch_size, suite
from workers.attacks.engine.batch_size import bytes_per_image, operations, rows_at_once, usual_tile
from workers.attacks.engine.victim import Victim
from workers.attacks.maths.losses import margin

pytestmark = pytest.mark.slow


class Wide(nn.Module):
    """Keeps exactly two activations of 64 × 64 × 16 float32 an image: the conv's output goes into exp, exp's out."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(16, 1, 1, 1))

    def forward(self, x: Tensor) -> Tensor:
        return torch.conv2d(x, self.weight).exp().square().mean((2, 3))


def test_what_an_image_costs() -> None:
    x = torch.rand(4, 1, 64, 64)
    activation = 16 * 64 * 64 * 4
    # exp keeps its result and square its argument, which is the same storage; conv keeps the image
    assert bytes_per_image(Wide(), x) == 2 * (activation + 64 * 64 * 4)
    assert bytes_per_image(Wide(), x[:1]) == bytes_per_image(Wide(), x)
    assert bytes_per_image(lambda z: torch.ones(len(z), 3), x) == 0


@pytest.mark.parametrize(("free", "tile"), [(10**12, 64), (100, 1), (2 * 20, 16), (2 * 16, 16), (2 * 15, 8)])
def test_the_tile_fits(free: int, tile: int, monkeypatch: pytest.MonkeyPatch) -> None:
    x = torch.rand(2, 1, 64, 64)
    each = bytes_per_image(Wide(), x)
    monkeypatch.setattr(batch_size, "free_bytes", lambda device: free if free > 1000 or free == 100 else free * each)
    assert rows_at_once(Wide(), x, 64) == tile


def test_operations_are_those_of_the_layers() -> None:
    # per 1×8×8 image, two a product: 6 filters of 9 on 64 places, 8 of 54 on 9, and 72 → 4
    assert operations(small_cnn(), torch.rand(3, 1, 8, 8)) == 2 * (6 * 9 * 64 + 8 * 54 * 9 + 72 * 4)


@pytest.mark.parametrize(
    ("size", "each", "tile"), [(8, 1e6, 512), (32, 2e6, 256), (32, 4e6, 128), (32, 8e6, 64), (256, 1e6, 64)]
)
def test_tiny_models_take_more_at_once(size: int, each: float, tile: int) -> None:
    assert usual_tile(torch.rand(1, 3, size, size), each) == tile


def test_less_room_same_result(monkeypatch: pytest.MonkeyPatch) -> None:
    model = small_cnn()
    x, y = problem(model, 30)
    spec = Pgd(eps=0.05, steps=5)
    usual = attack(model, spec, x, y)
    sizes = []

    def narrow(*args: object) -> int:
        sizes.append(7)
        return 7

    monkeypatch.setattr(suite, "rows_at_once", narrow)
    assert torch.allclose(attack(model, spec, x, y).x_adv, usual.x_adv, atol=1e-6)
    attack(model, spec, x, y, batch_size=3)
    assert sizes == [7]  # a size that is asked for is not measured


def test_a_limit_is_seen() -> None:
    """In a process of its own: an address-space limit cannot be taken back."""
    code = """
import resource, torch
from workers.attacks.engine.batch_size import free_bytes
from workers.sandbox.limits import address_space
cpu = torch.device("cpu")
before = free_bytes(cpu)
limit = address_space() + 2**28
resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
after = free_bytes(cpu)
print(before, after)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    before, after = map(int, done.stdout.split())
    assert after <= 2**28
    assert before > after


def test_a_control_group(tmp_path: Path) -> None:
    (tmp_path / "memory.current").write_text("900\n")
    (tmp_path / "memory.stat").write_text("anon 300\nactive_file 100\ninactive_file 500\n")
    (tmp_path / "memory.max").write_text("1000\n")
    assert batch_size._of_group(tmp_path) == 600
    (tmp_path / "memory.max").write_text("max\n")
    assert batch_size._of_group(tmp_path) is None
    assert batch_size._of_group(tmp_path / "none") is None


@pytest.mark.parametrize("least", [1, 2])
def test_one_image_alone_gets_company_where_it_may(least: int) -> None:
    """Alone it would go through other kernels; attacks that count queries show a model what they count and no more."""
    model, sizes = small_cnn(), []
    x, y = problem(model, 1)
    model.register_forward_pre_hook(lambda _, args: sizes.append(len(args[0])))
    victim = Victim(model, torch.arange(1), least=least)
    assert victim.logits(x, victim.everyone).shape == (1, 4)
    _, _, grad = victim.gradient(x, margin, victim.everyone, y)
    assert grad.shape == x.shape
    assert sizes == [least, least]
    assert int(victim.forwards) == 2

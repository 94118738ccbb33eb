"""Random numbers that depend on (seed, sample index, stream, step) alone: never on batch, shard, tile or machine.

Two roads with one interface. A few numbers a row (Square's positions) come from a vectorised counter hash (splitmix64);
bulk draws (a start, a direction) from a Mersenne generator per row, seeded by the same hash.
"""

import hashlib
from collections.abc import Callable

import torch
from torch import Tensor

_GOLDEN = 0x9E3779B97F4A7C15 - (1 << 64)
_MIX1 = 0xBF58476D1CE4E5B9 - (1 << 64)
_MIX2 = 0x94D049BB133111EB - (1 << 64)
_HASHED_NUMEL = 64  # up to so many numbers a row the hash is faster than seeding a generator


def _mix(z: Tensor) -> Tensor:
    """The finaliser of splitmix64 on int64 with wrap-around; `& mask` makes the arithmetic shifts logical."""
    z = (z ^ ((z >> 30) & ((1 << 34) - 1))) * _MIX1
    z = (z ^ ((z >> 27) & ((1 << 37) - 1))) * _MIX2
    return z ^ ((z >> 31) & ((1 << 33) - 1))


def _wrapped(value: int) -> int:
    """Return value modulo 2**64, as the signed number that int64 tensors can take."""
    return (value + (1 << 63)) % (1 << 64) - (1 << 63)


def _signed64(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "little", signed=True)


class SampleRng:
    """Per-sample random streams.

    index: (n,) int64 global sample indices. `rows` arguments are positions into it. Equal (seed, index, stream, step,
    shape) give equal numbers. Results lie on `index.device`.
    """

    def __init__(self, seed: int, index: Tensor, stream: str = "") -> None:
        self.seed = seed
        self.index = index.to(torch.int64)
        self._stream = stream
        self._keys = _mix(_mix(self.index * _GOLDEN + _signed64(f"{seed}/{stream}")) + self.index)

    def stream(self, name: str) -> "SampleRng":
        """Return an independent stream, e.g. ``rng.stream("pgd.start.0")``."""
        return SampleRng(self.seed, self.index, f"{self._stream}/{name}")

    def keys(self, rows: Tensor, step: int = 0) -> Tensor:
        """Return one int64 key a row: a hash of (seed, stream, index, step)."""
        return _mix(self._keys[rows] + _wrapped(step * _GOLDEN))

    def uniform(self, rows: Tensor, shape: tuple[int, ...], step: int = 0) -> Tensor:
        """Draw (len(rows), *shape) float32, uniform in [0, 1)."""
        numel = 1
        for size in shape:
            numel *= size
        if numel > _HASHED_NUMEL:
            return self._bulk(rows, shape, step, torch.rand)
        counter = torch.arange(1, numel + 1, device=self.index.device, dtype=torch.int64) * _GOLDEN
        bits = _mix(self.keys(rows, step)[:, None] + counter)
        # the 24 highest bits: exactly representable, so 1.0 is never drawn
        return (((bits >> 40) & ((1 << 24) - 1)).to(torch.float32) * 2.0**-24).reshape(len(rows), *shape)

    def uniform_block(self, rows: Tensor, steps: range, numel: int) -> Tensor:
        """Draw (len(rows), len(steps), numel): ``out[:, i]`` is ``uniform(rows, (numel,), steps[i])`` for numel <=
        64."""
        device = self.index.device
        at = torch.tensor([_wrapped(step * _GOLDEN) for step in steps], device=device)
        counter = torch.arange(1, numel + 1, device=device, dtype=torch.int64) * _GOLDEN
        bits = _mix(_mix(self._keys[rows][:, None] + at)[:, :, None] + counter)
        return ((bits >> 40) & ((1 << 24) - 1)).to(torch.float32) * 2.0**-24

    def normal(self, rows: Tensor, shape: tuple[int, ...], step: int = 0) -> Tensor:
        """Draw (len(rows), *shape) float32, standard normal."""
        return self._bulk(rows, shape, step, torch.randn)

    def signs(self, rows: Tensor, shape: tuple[int, ...], step: int = 0) -> Tensor:
        """Draw (len(rows), *shape) float32 of -1 and +1, equally likely."""
        return (self.uniform(rows, shape, step) < 0.5).to(torch.float32).mul_(2).sub_(1)

    def integers(self, rows: Tensor, high: int, shape: tuple[int, ...], step: int = 0) -> Tensor:
        """Draw (len(rows), *shape) int64, uniform in 0..high-1 (high at most 2**24)."""
        return (self.uniform(rows, shape, step).to(torch.float64) * high).to(torch.int64)

    def generator(self, row: int, step: int = 0) -> torch.Generator:
        """Return a CPU generator for one row, for draws that the other methods do not offer."""
        key = int(self.keys(torch.tensor([row], device=self.index.device), step)[0])
        return torch.Generator().manual_seed(key & (2**63 - 1))

    def _bulk(self, rows: Tensor, shape: tuple[int, ...], step: int, draw: Callable[..., Tensor]) -> Tensor:
        out = torch.empty(len(rows), *shape)
        generator = torch.Generator()
        for i, key in enumerate(self.keys(rows, step).tolist()):
            generator.manual_seed(key & (2**63 - 1))
            draw(*shape, generator=generator, out=out[i])
        return out.to(self.index.device)

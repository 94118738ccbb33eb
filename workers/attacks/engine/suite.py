"""Run one attack on one slice of a data set: clean pass, attack on the correct ones, independent confirmation."""

import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from typing import Self

import torch
from torch import Tensor

from openapi.attacks.base import Attack
from openapi.wire.settings import Gradients
from workers.attacks.engine.attack_run import AttackRun, join
from workers.attacks.engine.batch_size import operations, rows_at_once, usual_tile
from workers.attacks.engine.chunk import Chunk, Setup, run_chunk
from workers.attacks.engine.gradient_precision import are_rough
from workers.attacks.engine.replay import RECORDERS, Replays
from workers.attacks.engine.threads import fitting_threads
from workers.attacks.engine.victim import Logits, Victim, frozen, quickened
from workers.attacks.registry import load
from workers.exact_float32 import exact_float32

#: Rows whose state is held at once, and bytes of their images: passes are cut into smaller tiles, so this bounds
#: bookkeeping alone. A GPU wants more rows than a pass takes: those that retire leave it full.
_CHUNK = {"cpu": (512, 2**26), "cuda": (4096, 2**29)}


def run_attack(
    model: Logits,
    spec: Attack,
    x: Tensor,
    y: Tensor,
    index: Tensor,
    *,
    seed: int = 0,
    skip: Tensor | None = None,
    free: Tensor | None = None,
    num_classes: int | None = None,
    batch_size: int | None = None,
    device: str | torch.device | None = None,
    gradients: Gradients = "auto",
    cuda_graphs: bool = False,
    progress: Callable[[float, float], None] | None = None,
) -> AttackRun:
    """Attack every correctly classified sample and confirm each success on the stored float32 example.

    model: (m, c, h, w) float32 in [0, 1] → (m, K) logits; an nn.Module is put into eval mode with frozen weights and
    left as it was. x: (n, c, h, w) float32 in [0, 1], y: (n,) labels, index: (n,) global sample indices, which alone
    with `seed` decide the randomness. skip: (n,) mask of samples that are not attacked. free: (n, 1, h, w) or (n, h, w)
    bool, the only pixels that may change; samples without one are not attacked. batch_size: rows a pass (None: 64 on a
    CPU, up to 512 for a tiny model, 1024 on a GPU, less where that much has no room, see `batch_size`; halved when
    memory runs out); it changes the speed, not the result. gradients: their arithmetic in attacks with an eps, see
    `gradient_precision`; where it is bfloat16, extras["gradients"] says so. cuda_graphs: replay gradient passes on a
    GPU, see `replay`; extras["cuda_graphs"] is then the number of replays, or why there are none.
    progress(done, total): samples.

    Raises ModelNumerics (NaN or infinite logits, with the sample's `index`), NotDifferentiable, MemoryLimit, ValueError
    (x outside [0, 1], shapes that do not fit).
    """
    began, where = time.perf_counter(), torch.device(device) if device is not None else x.device
    given = _Given.checked(x, y, index, skip, free, where)
    replays = Replays(where) if cuda_graphs and where.type in RECORDERS and not spec.facts.black_box else None
    with frozen(model), exact_float32(), ExitStack() as stack:
        if replays is not None:
            stack.callback(replays.forget)
        quick, tile = _prepared(model, spec, given.images(slice(2)), batch_size, stack)
        outside = [Victim(model, index[s].to(where), tile=tile) for s in given.slices()]
        clean = [v.logits(given.images(s), v.everyone) for v, s in zip(outside, given.slices(), strict=True)]
        rough = are_rough(gradients, where) and _in_a_ball(spec)
        setup = Setup(spec, load(spec.name), quick, seed, replays, all(map(are_probabilities, clean)), rough)
        parts: list[AttackRun] = []
        for s, z, victim in zip(given.slices(), clean, outside, strict=True):
            beat = partial(_beat, progress, s.start, len(z), len(x))
            parts.append(run_chunk(setup, given.chunk(s, victim, z), beat))
            beat(1.0)
    return join(parts, num_classes, time.perf_counter() - began, {} if replays is None else replays.extras())


@dataclass(frozen=True)
class _Given:
    """The samples of a run, as `run_attack` takes them, and the device that they are attacked on."""

    x: Tensor
    y: Tensor
    index: Tensor
    skip: Tensor | None
    free: Tensor | None
    where: torch.device

    @classmethod
    def checked(
        cls, x: Tensor, y: Tensor, index: Tensor, skip: Tensor | None, free: Tensor | None, where: torch.device
    ) -> Self:
        """Raise `ValueError` for what cannot be attacked."""
        if x.ndim != 4 or len(x) != len(y) or len(x) != len(index):
            raise ValueError("x is (n, c, h, w), y (n,), index (n,)")
        if len(x) == 0:
            raise ValueError("there are no samples to attack")
        if not (float(x.min()) >= 0 and float(x.max()) <= 1):
            raise ValueError("pixels must lie in [0, 1]")
        # NHWC strides would make every pass slower, and results depend on them; one channel may have both at once
        x = torch.empty(x.shape, dtype=x.dtype, device=x.device).copy_(x)
        return cls(x, y, index, skip, free, where)

    def images(self, part: slice) -> Tensor:
        """(m, c, h, w) float32 on the device."""
        return self.x[part].to(self.where, torch.float32)

    def slices(self) -> list[slice]:
        """The rows that are held at once."""
        most_rows, most_bytes = _CHUNK.get(self.where.type, _CHUNK["cpu"])
        rows = max(1, min(most_rows, most_bytes // max(1, self.x[:1].numel() * 4)))
        return [slice(begin, begin + rows) for begin in range(0, len(self.x), rows)]

    def chunk(self, part: slice, outside: Victim, clean: Tensor) -> Chunk:
        """A slice with its clean logits (m, K), and what passes it through the model itself."""
        x, y = self.images(part), self.y[part].to(self.where, torch.int64)
        spared = torch.zeros(len(x), dtype=torch.bool, device=self.where)
        spared = spared if self.skip is None else self.skip[part].to(self.where)
        free = self.free
        region = None if free is None else free[part].reshape(len(x), 1, *x.shape[2:]).to(self.where, torch.float32)
        return Chunk(outside, x, y, clean, spared, region)


def _prepared(model: Logits, spec: Attack, few: Tensor, batch_size: int | None, stack: ExitStack) -> tuple[Logits, int]:
    """What the attack's own passes go through, and the images that each takes; `stack` gives torch's threads back."""
    work = operations(model, few[:1]) if few.device.type == "cpu" else torch.inf
    usual = batch_size or usual_tile(few, work)
    stack.enter_context(fitting_threads(usual * work))
    quick = quickened(model, few, tempered=_in_a_ball(spec))
    return quick, batch_size or rows_at_once(quick, few, usual, not spec.facts.black_box)


def _in_a_ball(spec: Attack) -> bool:
    """Whether an attack follows gradients inside a given radius."""
    return not (spec.facts.minimal or spec.facts.black_box)


def _beat(progress: Callable[[float, float], None] | None, begin: int, size: int, total: int, fraction: float) -> None:
    """Tell which share of a slice is done."""
    if progress is not None:
        progress(begin + fraction * size, total)


def are_probabilities(z: Tensor) -> bool:
    """Whether all outputs are probability vectors: the model ends in a softmax, see `Victim.probabilities`."""
    return bool((z >= 0).all() and (z.sum(1) - 1).abs().max() < 1e-4)

"""Forward passes over variations of images, in full batches: set up once, with what every analysis of them needs."""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from workers.attacks.engine.batch_size import operations, rows_at_once, usual_tile
from workers.attacks.engine.suite import are_probabilities
from workers.attacks.engine.threads import fitting_threads
from workers.attacks.engine.victim import Logits, Victim, frozen
from workers.exact_float32 import exact_float32


@dataclass(frozen=True)
class Passes:
    """A frozen model, how many images a pass takes, and whether its outputs are probabilities (then logs are read)."""

    model: Logits
    tile: int
    probabilities: bool

    def over(self, index: Tensor) -> Victim:
        """Return passes for the samples `index` (n,), which errors name; (m,) `rows` of a pass are positions in it."""
        return Victim(self.model, index, tile=self.tile, probabilities=self.probabilities, least=2)

    def through(self, other: Logits) -> "Passes":
        """Return the same of another form of the model."""
        return Passes(other, self.tile, self.probabilities)


@contextlib.contextmanager
def passes(model: Logits, x: Tensor, *, batch_size: int | None = None, gradient: bool = False) -> Iterator[Passes]:
    """Freeze a model (m, c, h, w) → (m, K) for the passes of a block, in exact float32, and leave it as it was.

    x: (n, c, h, w) in [0, 1], one image at least, of which a few are tried. gradient: there are passes back as well.
    batch_size: None is measured; it changes the speed, not the result.
    """
    few = x[:2]
    with frozen(model), exact_float32():
        work = operations(model, few[:1]) if x.device.type == "cpu" else torch.inf
        usual = batch_size or usual_tile(few, work)
        with fitting_threads(usual * work), torch.no_grad():
            tile = batch_size or rows_at_once(model, few, usual, gradient)
            probabilities = are_probabilities(model(few).float())
            yield Passes(model, tile, probabilities)


def in_full_batches(count: int, tile: int) -> Iterator[slice]:
    """Cut `count` variations into slices of `tile`, the last one of what is left."""
    for begin in range(0, count, tile):
        yield slice(begin, min(begin + tile, count))


#: (images (m, c, h, w), rows (m,)) of the variations of a slice.
Variations = Callable[[slice], tuple[Tensor, Tensor]]


def logits_of(victim: Victim, count: int, made: Variations) -> Iterator[tuple[slice, Tensor]]:
    """Yield (slice, logits (m, K)) of `count` variations, which `made` makes a batch at a time: none is held longer."""
    for part in in_full_batches(count, victim.tile):
        images, rows = made(part)
        yield part, victim.logits(images, rows)

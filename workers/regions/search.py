"""The search itself: every chosen pixel with every value, in full batches, and each hit confirmed."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from workers.attacks.engine.batch import TOLERANCE, one_each
from workers.attacks.maths.losses import margin
from workers.explain.passes import Passes, logits_of


@dataclass(frozen=True)
class Candidates:
    """m images that differ from one of x in a pixel: image (m,), pixel (m,) row by row, value (m, c), turn (m,).

    turn: how many of this pixel's values were tried before.
    """

    image: Tensor
    pixel: Tensor
    value: Tensor
    turn: Tensor

    def take(self, at: Tensor | slice) -> "Candidates":
        """Return some of them."""
        return Candidates(self.image[at], self.pixel[at], self.value[at], self.turn[at])

    def painted(self, x: Tensor) -> Tensor:
        """Return (m, c, h, w): the images x (n, c, h, w) with the pixels in their values."""
        images = x[self.image]
        images.flatten(2)[torch.arange(len(images), device=x.device), :, self.pixel] = self.value
        return images

    def __len__(self) -> int:
        return len(self.image)


@dataclass(frozen=True)
class Hits:
    """Candidates that fool, confirmed, in the order of image, pixel and turn, and the classes (m,) that they reach."""

    candidates: Candidates
    reached: Tensor


class Search:
    """Candidates asked about on n images, and what came of it so far.

    x: (n, c, h, w) float32 in [0, 1], all classified correctly; label: (n,), tolerance: (n,) leads that are float32
    noise, see `noise`; index: (n,) of the samples. quick, outside: passes through a quick form of the model, and
    through the model itself, which confirms hits. asked: told how many candidates each pass held. best: (n,) the
    largest lead of another class seen, and `boldest` the candidate that has it; leads: (n, h·w) the largest at each
    pixel, -inf where none was tried.
    """

    def __init__(
        self,
        quick: Passes,
        outside: Passes,
        x: Tensor,
        label: Tensor,
        tolerance: Tensor,
        index: Tensor,
        asked: Callable[[int], None] = lambda count: None,
    ) -> None:
        self._quick, self._outside, self._asked = quick.over(index), outside.over(index), asked
        self.x, self.label, self.index, self._tolerance = x, label, index, tolerance
        n, device = len(x), x.device
        self.best = torch.full((n,), -torch.inf, device=device)
        self.leads = torch.full((n, x[0, 0].numel()), -torch.inf, device=device)
        self.boldest = Candidates(
            torch.arange(n, device=device),
            torch.zeros(n, dtype=torch.int64, device=device),
            x[:, :, 0, 0].clone(),
            torch.zeros(n, dtype=torch.int64, device=device),
        )

    def ask(self, asked: Candidates) -> tuple[Tensor, Tensor]:
        """Return the leads (m,) of another class over the label, and the candidates (k,) among them that fool."""
        leads = torch.empty(len(asked), device=self.x.device)
        for part, logits in logits_of(self._quick, len(asked), lambda s: self._made(asked.take(s))):
            leads[part] = margin(logits, self.label[asked.image[part]])
            self._asked(part.stop - part.start)
        self._note(asked, leads)
        return leads, (leads > 2 * self._tolerance[asked.image]).nonzero().flatten()

    def confirm(self, found: Candidates) -> Hits:
        """Ask the model itself about candidates that fooled, and keep those that do."""
        keep = torch.zeros(len(found), dtype=torch.bool, device=self.x.device)
        reached = torch.zeros(len(found), dtype=torch.int64, device=self.x.device)
        for part, logits in logits_of(self._outside, len(found), lambda s: self._made(found.take(s))):
            rows = found.image[part]
            keep[part] = margin(logits, self.label[rows]) > self._tolerance[rows]
            reached[part] = logits.argmax(1)
        at = keep.nonzero().flatten()
        return Hits(found.take(at), reached[at])

    @property
    def queries(self) -> Tensor:
        """Passes of each image so far (n,), those that confirm hits not counted."""
        return self._quick.forwards

    def bold_hits(self) -> Hits:
        """The boldest candidate of each image that it fools, confirmed."""
        return self.confirm(self.boldest.take((self.best > 2 * self._tolerance).nonzero().flatten()))

    def _made(self, asked: Candidates) -> tuple[Tensor, Tensor]:
        return asked.painted(self.x), asked.image

    def _note(self, asked: Candidates, leads: Tensor) -> None:
        at = one_each(asked.image, leads) if len(leads) else torch.zeros(0, dtype=torch.int64)
        at = at[leads[at] > self.best[asked.image[at]]]
        rows = asked.image[at]
        self.best[rows] = leads[at]
        self.boldest.pixel[rows], self.boldest.value[rows] = asked.pixel[at], asked.value[at]
        place = asked.image * self.leads.shape[1] + asked.pixel
        self.leads.view(-1).scatter_reduce_(0, place, leads, "amax")


def noise(z: Tensor) -> Tensor:
    """Return (n,) the lead that float32 noise may make of clean logits (n, K)."""
    return TOLERANCE * (z.amax(1) - z.amin(1))

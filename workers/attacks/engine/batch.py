"""The rows of one chunk under attack: who is still active, and the best example of each so far."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch
from torch import Tensor

from workers.attacks.engine.rng import SampleRng
from workers.attacks.engine.totals import Extras
from workers.attacks.engine.victim import Loss, Victim
from workers.attacks.maths.balls import L2Ball, LinfBall, Norm, ball, distance, restricted
from workers.attacks.maths.losses import margin, margin_target

#: A success needs a margin beyond this share of the clean logits' spread: float32 noise must not make or break it.
#: Inside the run twice as much is asked for, so that the final independent pass confirms what the run has found.
TOLERANCE = 2e-6
#: A margin in bfloat16 (8 bits, through many layers) above minus this share of the spread may be a success: three nets
#: were off by 0.003 to 0.023.
_SLACK = 0.03


def one_each(rows: Tensor, score: Tensor) -> Tensor:
    """Return positions (k,) of one entry for every distinct row: the one with the highest score, of equals the
    first."""
    order = torch.argsort(score, descending=True, stable=True)
    order = order[torch.argsort(rows[order], stable=True)]
    ordered = rows[order]
    fresh = torch.ones_like(ordered, dtype=torch.bool)
    fresh[1:] = ordered[1:] != ordered[:-1]
    return order[fresh]


class Batch:
    """The samples that an attack works on at once.

    All rows given are classified correctly; each attack writes into `keep` and returns nothing.

    x: (n, c, h, w) float32 in [0, 1], y: (n,) labels, z: (n, K) clean logits, rng: per-sample random numbers (same
    index). `rows` everywhere: (m,) int64 positions into the batch. `x_adv` (n, ...) holds the example to be stored:
    for fooled rows the adversarial one, otherwise the last that was `offer`ed (else x).

    ball attacks: ``keep`` stores the first success and the row leaves `active()`.
    target: the one class that is to be reached, and that no row is of. Rows then leave only with an example of that
    class; the first of another wrong class is stored until there is one, and marked in `misled` (n,).
    minimal-norm attacks (``minimal=True``): ``keep`` stores the success nearest to x; `active()` stays with the attack.
    named: the classes that the file itself names by its logits, where an example counts only if they are wrong
    (`file_scores.labels_of`).
    free: (n, 1, h, w) of 1 where pixels may change and 0 where not; None: everywhere. Whatever an attack asks about or
    keeps then is x elsewhere, and gradients are 0 there; balls are those of `ball`.
    """

    def __init__(
        self,
        victim: Victim,
        x: Tensor,
        y: Tensor,
        z: Tensor,
        rng: SampleRng,
        *,
        norm: Norm = "linf",
        minimal: bool = False,
        repeatable: bool = True,
        target: int | None = None,
        named: Callable[[Tensor], Tensor] | None = None,
        free: Tensor | None = None,
        beat: Callable[[float], None] | None = None,
    ) -> None:
        self.victim, self.x, self.y, self.z, self.rng = victim, x, y, z, rng
        self.norm: Norm = norm
        self.free = free
        self.minimal = minimal
        #: two passes on the same image give the same logits: the model is not randomised
        self.repeatable = repeatable
        self.classes = z.shape[1]
        spread = z.amax(1) - z.amin(1)
        self.tolerance, self._slack = 2 * TOLERANCE * spread, _SLACK * spread
        self.x_adv = x.clone()
        self.found = torch.zeros(len(x), dtype=torch.bool, device=x.device)
        self.target = None if target is None else torch.full_like(y, target)
        self.misled = torch.zeros_like(self.found)
        self.distance = torch.full((len(x),), torch.inf, dtype=torch.float64, device=x.device)
        #: the step (1-based; 0: the start itself) of the first success; -1 without one
        self.found_at = torch.full((len(x),), -1, dtype=torch.int64, device=x.device)
        self._untested, self._last_step = torch.zeros_like(self.found), -1
        #: free numbers for the report; counts (ints, lists of ints) of slices are added up
        self.extras: Extras = {}
        self._named, self._beat, self._part = named, beat, (0.0, 1.0)

    def active(self) -> Tensor:
        """Rows without a success yet."""
        return (~self.found).nonzero().flatten()

    def freed(self, rows: Tensor) -> Tensor | None:
        """Return `free` of some rows."""
        return None if self.free is None else self.free[rows]

    def within(self, x: Tensor, rows: Tensor) -> Tensor:
        """Return images (m, c, h, w) that differ from x where pixels are free alone."""
        return x if self.free is None else torch.where(self.free[rows] > 0, x, self.x[rows])

    def ball(self, rows: Tensor, eps: float, norm: str) -> LinfBall | L2Ball:
        """Return the ball of radius eps around x[rows], of the free pixels."""
        return ball(self.x[rows], eps, norm, self.freed(rows))

    def logits(self, x: Tensor, rows: Tensor) -> Tensor:
        """See `Victim.logits`."""
        return self.victim.logits(self.within(x, rows), rows)

    def gradient(self, x: Tensor, loss: Loss, rows: Tensor, *args: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """See `Victim.gradient`; the logits of every row that could be fooled are float32's (one more pass of those
        rows where gradients are in bfloat16)."""
        x = self.within(x, rows)
        logits, value, grad = self.victim.gradient(x, loss, rows, *args)
        if self.victim.rough:
            near = (margin(logits, self.y[rows]) > -self._slack[rows]).nonzero().flatten()
            if len(near):
                logits[near] = self.victim.logits(x[near], rows[near])
        return logits, value, restricted(grad, self.freed(rows))

    def jacobian(self, x: Tensor, classes: Tensor, rows: Tensor) -> tuple[Tensor, Tensor]:
        """See `Victim.jacobian`."""
        logits, grads = self.victim.jacobian(self.within(x, rows), classes, rows)
        return logits, grads if self.free is None else grads * self.free[rows][:, None]

    def fooled(self, logits: Tensor, rows: Tensor) -> Tensor:
        """Return (m,) mask: another class leads the true one (or the target all others) by more than float32 noise."""
        if self.target is None:
            return self._wrong(logits, rows)
        target = self.target[rows]
        return self._agreed(margin_target(logits, target) > self.tolerance[rows], logits, lambda k: k == target)

    def _wrong(self, logits: Tensor, rows: Tensor) -> Tensor:
        y = self.y[rows]
        return self._agreed(margin(logits, y) > self.tolerance[rows], logits, lambda k: k != y)

    def _agreed(self, hit: Tensor, logits: Tensor, meant: Callable[[Tensor], Tensor]) -> Tensor:
        """Return those of the hits (m,) that the file itself names as is meant."""
        return hit if self._named is None or not bool(hit.any()) else hit & meant(self._named(logits))

    def _mislead(self, rows: Tensor, x_adv: Tensor, logits: Tensor) -> None:
        """Store the first examples of another wrong class than the target; rows may repeat."""
        fresh = self._wrong(logits, rows) & ~self.found[rows] & ~self.misled[rows]
        if self.target is not None and bool(fresh.any()):
            at = fresh.nonzero().flatten()
            at = at[one_each(rows[at], torch.zeros_like(at))]
            self.x_adv[rows[at]] = self.within(x_adv[at], rows[at])
            self.misled[rows[at]] = True

    def keep(self, rows: Tensor, x_adv: Tensor, logits: Tensor, step: int = -1) -> Tensor:
        """Store the successes among x_adv (m, c, h, w) with these logits, and return the (m,) mask of fooled rows.

        x_adv must already obey the threat model (`maths.balls.into_ball`, or a ball's `project`). `rows` must not
        repeat: of a population keep one candidate a row. `step`: see `found_at`.
        """
        hit = self.fooled(logits, rows)
        self._mislead(rows, x_adv, logits)
        if not bool(hit.any()):
            return hit
        at, images = rows[hit], self.within(x_adv[hit], rows[hit])
        if self.minimal:
            d = distance(images, self.x[at], self.norm)
            better = d < self.distance[at]
            at, images, d = at[better], images[better], d[better]
            self.distance[at] = d
        else:
            fresh = ~self.found[at]
            at, images = at[fresh], images[fresh]
        self.x_adv[at] = images
        first = at[~self.found[at]]
        self.found_at[first] = step
        self.found[at] = True
        return hit

    def keep_first(self, rows: Tensor, x_adv: Tensor, logits: Tensor, step: int = -1) -> Tensor:
        """Do the same for rows that may repeat: of a row's successes the first in order counts.

        Returns the mask (m,) of rows with a success by now, here or elsewhere: those that leave.
        """
        hit = self.fooled(logits, rows).nonzero().flatten()
        self._mislead(rows, x_adv, logits)
        if len(hit):
            at = hit[one_each(rows[hit], torch.zeros_like(hit))]
            self.keep(rows[at], x_adv[at], logits[at], step)
        return self.found[rows]

    def offer(self, rows: Tensor, x_adv: Tensor) -> None:
        """Store x_adv as the example of rows that are not fooled (the strongest try, for whoever looks at failures)."""
        missing = ~self.found[rows] & ~self.misled[rows]
        self.x_adv[rows[missing]] = self.within(x_adv[missing], rows[missing])

    def leave(self, rows: Tensor, x_adv: Tensor, step: int) -> None:
        """Store x_adv as `offer` does, at the end of an attack that has not tested it: the confirming pass, which comes
        anyway, decides (`decide`). A randomised model is asked here too, as about all successes, and so is any where a
        `target` is to be reached, so that an example of another class is not lost. step: see `found_at`.
        """
        if not self.repeatable or self.target is not None:
            self.keep(rows, x_adv, self.logits(x_adv, rows), step)
        else:
            self._untested[rows] = ~self.found[rows]
            self._last_step = step
        self.offer(rows, x_adv)

    def decide(self, fooled: Tensor) -> None:
        """Take the rows that were left untested as found where the confirming pass says so: fooled (n,)."""
        late = self._untested & fooled
        self.found_at[late] = self._last_step
        self.found |= late

    def beat(self, fraction: float) -> None:
        """Tell the outside which share of this chunk's work is done, 0..1; cheap to call every step."""
        if self._beat is not None:
            begin, end = self._part
            self._beat(begin + (end - begin) * min(max(fraction, 0.0), 1.0))

    @contextmanager
    def part(self, begin: float, end: float) -> Iterator[None]:
        """Within, the work that `beat` tells of is a part of this chunk's, from one share of it to another."""
        whole, self._part = self._part, (begin, end)
        try:
            yield
        finally:
            self._part = whole

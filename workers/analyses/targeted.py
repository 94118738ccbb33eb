"""Work `targeted`: pairs aimed at classes from one slice, and what they do to every layer and to the head.

An image counts where its full-strength example is classified as the target. The pairs of an image, one a target, share
the pass of the image itself.
"""

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from openapi.analyses.importance import AimedPairs, TargetedFile, TargetedParams, TargetedValue
from workers.analyses.slices import batches, model_of
from workers.attacks.ball.pairs import dual_pairs
from workers.attacks.maths.losses import log_odds_target
from workers.jobs.context import JobContext
from workers.jobs.neurons import rows_at_once
from workers.jobs.rows_file import RowsFile
from workers.neurons.exact import ExactSum
from workers.neurons.heads.last_layer import LastLayer, arranged, find_last_layer
from workers.neurons.heads.walk import NoLastLayer
from workers.neurons.importance import important, votes
from workers.neurons.measure import Measured, measure_taps
from workers.neurons.norms import NormsModel
from workers.neurons.sums import LayerBatch, SensitivitySums

_PAIRS = {"x_adv": ("<f4", 4), "index": ("<i8", 1), "target": ("<i8", 1)}


class _Totals:
    """Votes (Eq. 5), φ (Eq. 3) and σ (Eq. 1) of the penultimate neurons, summed over pairs."""

    def __init__(self, last: LastLayer, k: int) -> None:
        self._last, self._k = last, min(k, last.neurons)
        self._dims = last.by_neuron(np.ones(last.inputs))
        self.votes = np.zeros(last.neurons, np.int64)
        self.phi, self.sigma = ExactSum(), ExactSum()

    def add(self, a: Any, b: Any, target: int) -> None:
        """Add pairs of what the last layer reads of x and of x', float32 arrays."""
        phi = self._last.contributions(b, np.full(len(b), target))
        self.votes += votes(important(phi, self._k), self._last.neurons)
        self.phi.add(phi)
        moved = np.abs(a.astype(np.float64) - b)
        self.sigma.add(self._last.by_neuron(moved if moved.ndim == 2 else moved.mean(2)) / self._dims)

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """For the file `totals`."""
        like = (self._last.neurons,)
        return {"votes": self.votes, "phi": self.phi.pair(like), "sigma": self.sigma.pair(like)}


class _Target:
    """What is summed of the pairs of one target, and its files."""

    def __init__(self, ctx: JobContext[TargetedParams], i: int, last: LastLayer | None) -> None:
        self._ctx, self._i, self._last = ctx, i, last
        self.target, self.tried = ctx.params.targets[i], 0
        self.sums = SensitivitySums()
        self._totals = None if last is None else _Totals(last, ctx.params.k)
        path = (
            self._output(TargetedFile.PAIRS, "targeted-pairs", "targeted_pairs") if ctx.params.keep_examples else None
        )
        self._pairs = None if path is None else RowsFile(path, _PAIRS)

    def _output(self, file: TargetedFile, name: str, kind: str) -> Path:
        key = file.of_target(self._i)
        return self._ctx.output(key, f"{name}{key.removeprefix(file)}.npz", kind, "npz")

    def add(self, found: Measured, mine: Tensor, x_adv: Tensor, of: Tensor, index: Tensor) -> None:
        """Add the pairs `mine` (m,) of a batch; of: their images; index: (m,) sample numbers."""
        self.tried += int(mine.sum())
        kept = mine & (found.logits_adv.argmax(1) == self.target)
        self.sums.add({name: _rows(batch, kept) for name, batch in found.taps[self._ctx.params.tap].items()})
        if not kept.any():
            return
        if self._totals is not None and self._last is not None:
            both = arranged(found.extra, self._last.reading)
            n = len(both) - len(of)
            self._totals.add(both[:n][of[kept]].cpu().numpy(), both[n:][kept].cpu().numpy(), self.target)
        if self._pairs is not None:
            aims = np.full(int(kept.sum()), self.target)
            self._pairs.add(x_adv=x_adv[kept].cpu().numpy(), index=index[kept].cpu().numpy(), target=aims)

    def close(self) -> None:
        """Write the files."""
        if self._pairs is not None:
            self._pairs.close()
        self.sums.save(self._output(TargetedFile.SUMS, "sums", "sums"))
        if self._totals is not None:
            np.savez(self._output(TargetedFile.TOTALS, "totals", "totals"), allow_pickle=False, **self._totals.arrays())


def run(ctx: JobContext[TargetedParams]) -> TargetedValue:
    """Make the pairs, keep those that reach their target, and sum what they do."""
    params, model = ctx.params, model_of(ctx)
    last, missing = None, None
    try:
        last = find_last_layer(model)
    except NoLastLayer as error:
        missing = str(error)
    norms = NormsModel(model, [params.tap], last.nodes if last is not None else ())
    targets = [_Target(ctx, i, last) for i in range(len(params.targets))]
    rows = max(1, 2 * rows_at_once(model.layers, ctx.device) // (1 + len(targets)))
    for x, y, index in batches(ctx, rows):
        aims = torch.tensor(params.targets, device=y.device)
        which, of = (y != aims[:, None]).nonzero(as_tuple=True)  # target by target, the images of other classes
        if not len(of):
            continue
        used = of.unique()
        x, of, index = x[used], torch.searchsorted(used, of), index[of]
        x_adv = dual_pairs(
            model, x[of], aims[which], index, seed=params.seed, eps=params.eps, steps=params.steps, loss=log_odds_target
        )
        found = measure_taps(norms, x, x_adv, index, of)
        for i, target in enumerate(targets):
            target.add(found, which == i, x_adv, of, index)
    for target in targets:
        target.close()
    first, *more = (AimedPairs(target=t.target, tried=t.tried, n=t.sums.n) for t in targets)
    return TargetedValue(
        tried=first.tried,
        n=first.n,
        layer=None if last is None else last.penultimate,
        neurons=0 if last is None else last.neurons,
        missing=missing,
        more=tuple(more),
    )


def _rows(batch: LayerBatch, kept: Tensor) -> LayerBatch:
    rows = kept.cpu().numpy()
    return LayerBatch(batch.difference[rows], batch.benign[rows], batch.dim)

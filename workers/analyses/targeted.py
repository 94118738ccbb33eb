"""Work `targeted`: pairs aimed at one class from one slice, and what they do to every layer and to the head.

An image counts where its full-strength example is classified as the target.
"""

from typing import Any

import numpy as np
import torch
from torch import Tensor

from openapi.analyses.importance import TargetedFile, TargetedParams, TargetedValue
from workers.analyses.slices import batches, model_of
from workers.attacks.ball.pairs import dual_pairs
from workers.attacks.maths.losses import log_odds_target
from workers.jobs.context import JobContext
from workers.jobs.neurons import rows_at_once
from workers.jobs.rows_file import RowsFile
from workers.models.audited import AuditedModel
from workers.neurons.exact import ExactSum
from workers.neurons.heads.last_layer import LastLayer, Penultimate, find_last_layer
from workers.neurons.heads.walk import NoLastLayer
from workers.neurons.importance import important, votes
from workers.neurons.measure import measure
from workers.neurons.sums import SensitivitySums

_PAIRS = {"x_adv": ("<f4", 4), "index": ("<i8", 1), "target": ("<i8", 1)}


class _Totals:
    """Votes (Eq. 5), φ (Eq. 3) and σ (Eq. 1) of the penultimate neurons, summed over pairs."""

    def __init__(self, model: AuditedModel, last: LastLayer, k: int) -> None:
        self._last, self._k = last, min(k, last.neurons)
        self._reader = Penultimate(model, last)
        self._dims = last.by_neuron(np.ones(last.inputs))
        self.votes = np.zeros(last.neurons, np.int64)
        self.phi, self.sigma = ExactSum(), ExactSum()

    @torch.no_grad()
    def add(self, x: Tensor, x_adv: Tensor, target: int) -> None:
        """Add a batch of pairs."""
        a, b = (self._reader(images)[1].cpu().numpy() for images in (x, x_adv))
        phi = self._last.contributions(b, np.full(len(b), target))
        self.votes += votes(important(phi, self._k), self._last.neurons)
        self.phi.add(phi)
        moved = np.abs(a.astype(np.float64) - b)
        self.sigma.add(self._last.by_neuron(moved if moved.ndim == 2 else moved.mean(2)) / self._dims)

    def arrays(self) -> dict[str, Any]:
        """For the file `totals`."""
        like = (self._last.neurons,)
        return {"votes": self.votes, "phi": self.phi.pair(like), "sigma": self.sigma.pair(like)}


def run(ctx: JobContext[TargetedParams]) -> TargetedValue:
    """Make the pairs, keep those that reach the target, and sum what they do."""
    params, model = ctx.params, model_of(ctx)
    tapped, sums = model.tapped(params.tap), SensitivitySums()
    totals, missing = None, None
    try:
        last = find_last_layer(model)
        totals = _Totals(model, last, params.k)
    except NoLastLayer as error:
        missing = str(error)
    keep = None
    if params.keep_examples:
        keep = RowsFile(ctx.output(TargetedFile.PAIRS, "targeted-pairs.npz", "targeted_pairs", "npz"), _PAIRS)
    tried = 0
    for x, y, index in batches(ctx, rows_at_once(model.layers, ctx.device)):
        x, index = x[y != params.target], index[y != params.target]
        tried += len(x)
        x, x_adv, index = _reached(model, x, index, params)
        if not len(x):
            continue
        sums.add(measure(tapped, x, x_adv, index))
        if totals is not None:
            totals.add(x, x_adv, params.target)
        if keep is not None:
            aims = np.full(len(x), params.target)
            keep.add(x_adv=x_adv.cpu().numpy(), index=index.cpu().numpy(), target=aims)
    if keep is not None:
        keep.close()
    sums.save(ctx.output(TargetedFile.SUMS, "sums.npz", "sums", "npz"))
    if totals is not None:
        np.savez(ctx.output(TargetedFile.TOTALS, "totals.npz", "totals", "npz"), **totals.arrays())
    layer = None if totals is None else last.penultimate
    return TargetedValue(
        tried=tried, n=sums.n, layer=layer, neurons=0 if totals is None else last.neurons, missing=missing
    )


def _reached(model: AuditedModel, x: Tensor, index: Tensor, params: TargetedParams) -> tuple[Tensor, Tensor, Tensor]:
    """x, x' and index of the images whose example is classified as the target."""
    if not len(x):
        return x, x, index
    targets = torch.full((len(x),), params.target, device=x.device)
    x_adv = dual_pairs(
        model, x, targets, index, seed=params.seed, eps=params.eps, steps=params.steps, loss=log_odds_target
    )
    with torch.no_grad():
        kept = model(x_adv).argmax(1) == params.target
    return x[kept], x_adv[kept], index[kept]

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
from workers.neurons.heads.last_layer import LastLayer, arranged, find_last_layer
from workers.neurons.heads.walk import NoLastLayer
from workers.neurons.importance import important, votes
from workers.neurons.measure import measure_taps
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

    def add(self, values: list[Tensor], kept: Tensor, target: int) -> None:
        """Add a batch of pairs: what stands in the head's nodes for x and then for x'; kept: (n,) which pairs count."""
        both = arranged(values, self._last.reading)
        a, b = (half[kept].cpu().numpy() for half in both.chunk(2))
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
    sums = SensitivitySums()
    totals, missing = None, None
    nodes: tuple[str, ...] = ()
    try:
        last = find_last_layer(model)
        totals, nodes = _Totals(last, params.k), last.nodes
    except NoLastLayer as error:
        missing = str(error)
    norms, keep = NormsModel(model, [params.tap], nodes), None
    if params.keep_examples:
        keep = RowsFile(ctx.output(TargetedFile.PAIRS, "targeted-pairs.npz", "targeted_pairs", "npz"), _PAIRS)
    tried = 0
    for x, y, index in batches(ctx, rows_at_once(model.layers, ctx.device)):
        x, index = x[y != params.target], index[y != params.target]
        tried += len(x)
        if not len(x):
            continue
        x_adv = _aimed(model, x, index, params)
        found = measure_taps(norms, x, x_adv, index)
        kept = found.logits_adv.argmax(1) == params.target
        sums.add({name: _rows(batch, kept) for name, batch in found.taps[params.tap].items()})
        if totals is not None and kept.any():
            totals.add(found.extra, kept, params.target)
        if keep is not None and kept.any():
            aims = np.full(int(kept.sum()), params.target)
            keep.add(x_adv=x_adv[kept].cpu().numpy(), index=index[kept].cpu().numpy(), target=aims)
    if keep is not None:
        keep.close()
    sums.save(ctx.output(TargetedFile.SUMS, "sums.npz", "sums", "npz"))
    if totals is not None:
        np.savez(ctx.output(TargetedFile.TOTALS, "totals.npz", "totals", "npz"), **totals.arrays())
    layer = None if totals is None else last.penultimate
    return TargetedValue(
        tried=tried, n=sums.n, layer=layer, neurons=0 if totals is None else last.neurons, missing=missing
    )


def _aimed(model: AuditedModel, x: Tensor, index: Tensor, params: TargetedParams) -> Tensor:
    """x' of images that are pushed at the target."""
    targets = torch.full((len(x),), params.target, device=x.device)
    return dual_pairs(
        model, x, targets, index, seed=params.seed, eps=params.eps, steps=params.steps, loss=log_odds_target
    )


def _rows(batch: LayerBatch, kept: Tensor) -> LayerBatch:
    rows = kept.cpu().numpy()
    return LayerBatch(batch.difference[rows], batch.benign[rows], batch.dim)

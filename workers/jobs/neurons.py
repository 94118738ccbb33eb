"""Stage `neurons`: sensitivity sums over the dual pairs of one slice of the data set.

See `openapi.stages.neurons`. execution: ``batch_size``. Sums are merged exactly by `workers.neurons.sums`.
"""

import time

import numpy as np
from torch import Tensor

from openapi.models import LayerInfo
from openapi.problems import NotDifferentiable
from openapi.stages.neurons import NeuronsFile, NeuronsParams, NeuronsValue
from workers.attacks.ball.pairs import dual_pairs
from workers.jobs.arrays import load_rows, shard_rows
from workers.jobs.context import JobContext
from workers.jobs.rows_file import RowsFile
from workers.models.load import load_contract
from workers.neurons.measure import measure_taps
from workers.neurons.norms import NormsModel
from workers.neurons.sums import SensitivitySums

_BYTES_AT_ONCE = {"cpu": 128 * 2**20, "cuda": 4 * 2**30}
_PAIRS = {"x": ("<f4", 4), "x_adv": ("<f4", 4), "index": ("<i8", 1)}
_MOST_AT_ONCE = {"cpu": 128, "cuda": 2048}


def run(ctx: JobContext[NeuronsParams]) -> NeuronsValue:
    """Make the dual pairs of samples start..stop, batch by batch, and sum what they do in every layer."""
    began = time.monotonic()
    options = ctx.params.neurons
    model = load_contract(ctx.inputs["model"], ctx.params.model).to(ctx.device)
    if not model.differentiable:
        raise NotDifferentiable(
            "Neuron sensitivity needs PGD pairs, and this model gives no gradient; set neurons: null"
        )
    norms = NormsModel(model, [options.tap])

    start, stop = ctx.params.start, ctx.params.stop
    # `max_samples` counts from the first of the chosen samples, so that shards agree on which samples are meant.
    stop = stop if options.max_samples is None else max(start, min(stop, options.max_samples))
    size = ctx.execution.batch_size or rows_at_once(model.layers, ctx.device)
    keep = None
    if ctx.params.keep_examples:
        keep = RowsFile(ctx.output(NeuronsFile.PAIRS, "pairs.npz", "pairs", "npz"), _PAIRS)

    sums = SensitivitySums()
    rows = shard_rows(ctx)[: stop - start]
    for at in range(0, len(rows), size):
        x, y, index = _on(ctx.device, load_rows(ctx.inputs["x"], ctx.inputs["y"], rows[at : at + size]))
        x_adv = dual_pairs(
            model,
            x,
            y,
            index,
            seed=ctx.params.seed,
            eps=options.eps,
            steps=options.steps,
            step_size=options.step_size,
        )
        sums.add(measure_taps(norms, x, x_adv, index).taps[options.tap])
        if keep is not None:
            keep.add(x=x.cpu().numpy(), x_adv=x_adv.cpu().numpy(), index=index.cpu().numpy())
        ctx.progress(at + len(x), stop - start, "samples", "neurons")
    if keep is not None:
        keep.close()
    sums.save(ctx.output(NeuronsFile.SUMS, "sums.npz", "sums", "npz"))
    return NeuronsValue(
        n=sums.n,
        layers=sums.names,
        taps={name: point.tap for (name, _), point in norms.points.items()},
        seconds=time.monotonic() - began,
    )


def rows_at_once(layers: tuple[LayerInfo, ...], device: str) -> int:
    """How many pairs fit: the activations of all layers, benign and adversarial, are held together once.

    Two at least, since a single image would be read twice (`workers.analyses.slices.never_alone`).
    """
    kind = device.split(":")[0]
    per_pair = 2 * 4 * sum(int(np.prod(layer.shape)) for layer in layers)
    return max(2, min(_MOST_AT_ONCE.get(kind, 128), _BYTES_AT_ONCE.get(kind, 128 * 2**20) // max(1, per_pair)))


def _on(device: str, rows: tuple[Tensor, Tensor, Tensor]) -> tuple[Tensor, Tensor, Tensor]:
    x, y, index = rows
    return x.to(device), y.to(device), index.to(device)

"""Work `excitation`: the images of one slice that excite each chosen neuron most."""

import torch

from openapi.analyses.receptive_fields import ExcitationFile, ExcitationParams, ExcitationValue
from workers.analyses.slices import batches, model_of, never_alone
from workers.jobs.context import JobContext
from workers.jobs.neurons import rows_at_once
from workers.neurons.excitation import TopImages, save_tops


@torch.no_grad()
def run(ctx: JobContext[ExcitationParams]) -> ExcitationValue:
    """One pass over the benign images; of each neuron the first ones by the largest activation of its map."""
    params, model = ctx.params, model_of(ctx)
    chosen = {name: torch.tensor(e.neurons, dtype=torch.int64, device=ctx.device) for name, e in params.neurons.items()}
    tapped = model.tapped(params.tap, list(chosen))
    tops = {name: TopImages(len(neurons), params.images) for name, neurons in chosen.items()}
    n = 0
    for x, y, index in batches(ctx, rows_at_once(model.layers, ctx.device)):
        _, activations = tapped(never_alone(x))
        for name, neurons in chosen.items():
            largest = activations[name][: len(x), neurons].flatten(2).amax(2)
            tops[name].add(largest.double().cpu().numpy(), None, index.cpu().numpy(), y.cpu().numpy())
        n += len(x)
    save_tops(ctx.output(ExcitationFile.TOP, "top.npz", "top", "npz"), list(tops.values()))
    return ExcitationValue(n=n)

"""Work `suppressed`: one slice on networks with a group of neurons turned down, and attacks made anew on each."""

import numpy as np
import torch

from openapi.analyses.suppression import SuppressedFile, SuppressedParams, SuppressedValue
from workers.analyses.slices import model_of
from workers.attacks.engine.attack_run import AttackRun
from workers.attacks.engine.suite import run_attack
from workers.jobs.arrays import load_rows, shard_rows
from workers.jobs.context import JobContext
from workers.neurons.suppression import Suppressed, control


def run(ctx: JobContext[SuppressedParams]) -> SuppressedValue:
    """Clean and robust correctness of every image at every beta."""
    params, model = ctx.params, model_of(ctx)
    x, y, index = load_rows(ctx.inputs["x"], ctx.inputs["y"], shard_rows(ctx))
    chosen = params.omega if params.repeat is None else control(model, params.omega, params.seed, params.repeat)
    suppressed = Suppressed(model, chosen)
    clean = np.zeros((len(params.betas), len(x)), bool)
    robust = np.zeros((len(params.attacks), *clean.shape), bool)
    total, done = clean.size * len(params.attacks), 0

    def tell(part: float, of: float) -> None:
        ctx.progress(done + len(x) * part / max(of, 1), total, "samples", "neurons.suppression")

    for b, beta in enumerate(params.betas):
        network = suppressed.turn(beta)
        for a, spec in enumerate(params.attacks):
            found: AttackRun = run_attack(
                network,
                spec,
                x,
                y,
                index,
                seed=params.seed,
                num_classes=model.num_classes,
                batch_size=ctx.execution.batch_size,
                device=ctx.device,
                progress=tell,
            )
            clean[b], robust[a, b] = found.correct, found.correct & ~found.success
            done += len(x)
    np.savez(
        ctx.output(SuppressedFile.OUTCOMES, "outcomes.npz", "outcomes", "npz"),
        index=index.to(torch.int64).numpy(),
        clean=clean,
        robust=robust,
    )
    return SuppressedValue(
        n=len(x),
        clean=tuple(clean.sum(1).tolist()),
        robust=tuple(tuple(row) for row in robust.sum(2).tolist()),
    )

"""Stage `transfer`: examples of one model, or of a straight-through twin, tried on another.

See `openapi.stages.transfer`. execution: ``batch_size``.
"""

import time

import numpy as np

from openapi.stages.attack import AttackFile, AttackValue
from openapi.stages.transfer import SOURCE, TransferParams
from workers.attacks.ball.pairs import dual_pairs
from workers.attacks.engine.transfer import try_examples
from workers.exact_float32 import exact_float32
from workers.jobs.arrays import load_rows, shard_rows
from workers.jobs.context import JobContext
from workers.models.audited import AuditedModel
from workers.models.load import load_contract
from workers.models.surrogate import straight_through_twin

#: Images between two reports of progress.
_AT_ONCE = 128


def run(ctx: JobContext[TransferParams]) -> AttackValue:
    """Make the examples of samples start..stop, and count whom they fool; `figures` say where they were made.

    Where no operator of the model needs a twin nothing is made: its own gradients are what attacks have followed.
    """
    began, params = time.monotonic(), ctx.params
    model = load_contract(ctx.inputs["model"], params.model).to(ctx.device)
    source, treated = _source(ctx, model)
    spec = params.attack
    x, y, index = (t.to(ctx.device) for t in load_rows(ctx.inputs["x"], ctx.inputs["y"], shard_rows(ctx)))
    x_adv, passes = x.clone(), 0
    if source is not None:
        passes = spec.steps * len(x)
        for at in range(0, len(x), _AT_ONCE):
            s = slice(at, at + _AT_ONCE)
            with exact_float32():
                x_adv[s] = dual_pairs(
                    source,
                    x[s],
                    y[s],
                    index[s],
                    seed=params.seed,
                    eps=spec.eps,
                    steps=spec.steps,
                    step_size=spec.step_size,
                    norm=spec.norm,
                    batch_size=ctx.execution.batch_size,
                )
            ctx.progress(min(at + _AT_ONCE, len(x)), len(x), "samples", "transfer")
    result = try_examples(model, x, x_adv, y, index, spec.norm)
    np.savez(ctx.output(AttackFile.SAMPLES, "samples.npz", "samples", "npz"), allow_pickle=False, **result.columns())
    return AttackValue(
        clean_correct=int(result.correct.sum()),
        attacked=int(result.attacked.sum()),
        success=int(result.success.sum()),
        forward_passes=passes,
        backward_passes=passes,
        seconds=time.monotonic() - began,
        figures={"operators": treated} if params.source is None else {},
        num_classes=result.num_classes,
        norm=result.norm,
    )


def _source(ctx: JobContext[TransferParams], model: AuditedModel) -> tuple[AuditedModel | None, dict[str, int]]:
    """What examples are made on, if anything, and the operators that its twin treats."""
    if ctx.params.source is not None:
        return load_contract(ctx.inputs[SOURCE], ctx.params.source).to(ctx.device), {}
    twin, treated = straight_through_twin(model)
    return (twin if treated else None), treated

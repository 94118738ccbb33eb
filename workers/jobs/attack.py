"""Stage `attack`: one attack on one slice of the data set.

See `openapi.stages.attack`. execution: ``batch_size``.
"""

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from openapi.attacks.base import Attack
from openapi.problems import JobFailed, NotDifferentiable
from openapi.stages.attack import AttackFile, AttackParams, AttackValue, is_fooled
from workers.attacks.engine.attack_run import AttackRun
from workers.attacks.engine.suite import run_attack
from workers.attacks.engine.victim import Logits, Victim, frozen
from workers.exact_float32 import exact_float32
from workers.jobs.arrays import free_pixels, load_rows, shard_rows
from workers.jobs.context import JobContext
from workers.models.load import load_contract
from workers.reports import worst


def run(ctx: JobContext[AttackParams]) -> AttackValue:
    """Attack the chosen samples start..stop and return counts; everything adds up over slices."""
    params = ctx.params
    spec: Attack = params.attack
    model = load_contract(ctx.inputs["model"], params.model)
    if not (model.differentiable or spec.facts.black_box):
        raise NotDifferentiable(
            f"The attack {spec.name} needs gradients, which this model does not give; ask for a black-box attack."
        )
    rows = shard_rows(ctx)
    x, y, index = load_rows(ctx.inputs["x"], ctx.inputs["y"], rows)
    model.to(ctx.device)
    result = run_attack(
        model,
        spec,
        x,
        y,
        index,
        seed=params.seed,
        skip=fooled_before(ctx, index),
        free=free_pixels(ctx.inputs, spec, params.regions, rows),
        num_classes=model.num_classes,
        batch_size=ctx.execution.batch_size,
        device=ctx.device,
        gradients=ctx.gradients,
        cuda_graphs=ctx.cuda_graphs == "on",
        progress=lambda done, total: ctx.progress(done, total, "samples", f"attack {spec.id or spec.name}"),
    )
    write_files(ctx, result, x, model if params.keep_examples else None)
    return AttackValue(
        clean_correct=int(result.correct.sum()),
        attacked=int(result.attacked.sum()),
        success=int(result.success.sum()),
        target=getattr(spec, "chosen", None),
        forward_passes=result.forward_passes,
        backward_passes=result.backward_passes,
        seconds=result.seconds,
        figures=result.extras,
        num_classes=result.num_classes,
        norm=result.norm,
        randomised=result.randomised,
        by_class=counted_by_class(result),
    )


def counted_by_class(result: AttackRun) -> dict[int, tuple[int, int, int]]:
    """Return label → (samples, of these correct, of these fooled)."""
    classes = {int(label): result.label == label for label in np.unique(result.label)}
    return {
        label: (int(of.sum()), int(result.correct[of].sum()), int(result.success[of].sum()))
        for label, of in classes.items()
    }


def fooled_before(ctx: JobContext[AttackParams], index: Tensor) -> Tensor | None:
    """Return (n,) mask of the samples that an attack before this one has fooled; None when none went before."""
    tables = [path for name, path in ctx.inputs.items() if is_fooled(name)]
    if not tables:
        return None
    fooled = torch.zeros(len(index), dtype=torch.bool)
    for path in tables:
        with np.load(path, allow_pickle=False) as table:
            if not np.array_equal(table["index"], index.numpy()):
                raise JobFailed("the results of the attacks before are not of these samples")
            fooled |= torch.from_numpy(table["success"])
    return fooled


def write_files(ctx: JobContext[AttackParams], result: AttackRun, x: Tensor, keep_for: Logits | None) -> None:
    """Write the per-sample table, the pictures and, when asked for, the examples with the model's answers to them."""
    np.savez(ctx.output(AttackFile.SAMPLES, "samples.npz", "samples", "npz"), allow_pickle=False, **result.columns())
    columns: dict[str, NDArray[Any]] = {
        "index": result.index,
        "label": result.label,
        "predicted": result.adv_predicted,
        "confidence": result.confidence,
        "distance": result.distance,
    }
    worst.write(
        ctx.output(AttackFile.WORST, "worst.json", "pictures", "json"),
        worst.pick(x.cpu().numpy(), result.x_adv.numpy(), result.success, columns),
    )
    if keep_for is not None:
        np.savez(
            ctx.output(AttackFile.EXAMPLES, "examples.npz", "examples", "npz"),
            x=result.x_adv.numpy(),
            index=result.index,
            label=result.label,
            success=result.success,
            predicted=result.adv_predicted,
            confidence=result.confidence,
            distance=result.distance,
            png_predicted=as_png(keep_for, result, ctx.device),
        )


def as_png(model: Logits, result: AttackRun, device: str) -> NDArray[np.int64]:
    """Return (n,) classes of the examples after rounding to the 8 bits of a PNG; −1 where there was no success."""
    fooled = torch.from_numpy(result.success).nonzero().flatten()
    found = torch.full((len(result.index),), -1)
    if len(fooled):
        victim = Victim(model, torch.from_numpy(result.index).to(device), least=2)
        with frozen(model), exact_float32():
            for rows in fooled.tensor_split(-(-len(fooled) // 256)):
                images = (result.x_adv[rows] * 255).round().div_(255)
                found[rows] = victim.logits(images.to(device), rows.to(device)).argmax(1).cpu()
    return found.numpy()

"""Work `activations`: an attack on one slice, and what it does to the neurons before the last layer."""

from typing import Any

import numpy as np
import torch
from torch import Tensor

from openapi.analyses.vulnerability import ActivationsFile, ActivationsParams, ActivationsValue
from workers.analyses.activation_files import AttackedImages, write_activations
from workers.analyses.slices import model_of, never_alone
from workers.analyses.window_maps import write_maps
from workers.attacks.engine.attack_run import AttackRun
from workers.attacks.engine.suite import run_attack
from workers.jobs.arrays import load_rows, shard_rows
from workers.jobs.context import JobContext
from workers.models.audited import AuditedModel
from workers.neurons.heads.last_layer import LastLayer, Penultimate, find_last_layer
from workers.neurons.heads.walk import NoLastLayer
from workers.neurons.vulnerability import Identity, Pairs

_AT_ONCE = 64


def run(ctx: JobContext[ActivationsParams]) -> ActivationsValue:
    """Attack the images; write activations and contributions of all, and sums of the measures over the fooled ones."""
    model = model_of(ctx)
    try:
        last = find_last_layer(model)
    except NoLastLayer as error:
        return ActivationsValue(n=0, fooled=0, layer=None, neurons=0, identity_error=None, missing=str(error))
    x, found = _attacked(ctx, model)
    pairs = _pairs(Penultimate(model, last), x, found.x_adv, ctx.device)
    fooled = _chosen(pairs, found.success)
    images = AttackedImages(found.index, found.label, found.success, x, found.x_adv)
    write_activations(ctx.output, last, pairs, images)
    _write_maps(ctx, model, last, pairs, x, found)
    ctx.progress(2 * len(x), 2 * len(x), "samples", "neurons.vulnerability")
    identity = Identity.of(last, fooled) if len(fooled.z) else None
    return ActivationsValue(
        n=len(x),
        fooled=len(fooled.z),
        layer=last.penultimate,
        neurons=last.neurons,
        identity_error=identity and identity.error,
        spread=identity and identity.spread,
    )


def _write_maps(
    ctx: JobContext[ActivationsParams],
    model: AuditedModel,
    last: LastLayer,
    pairs: Pairs,
    x: Tensor,
    found: AttackRun,
) -> None:
    """The maps of the fooled ones among those first images of all slices that may have some."""
    maps = ctx.params.maps
    if maps is None:
        return
    hit = np.flatnonzero(found.success[: max(0, maps.samples - ctx.params.start)])
    rows = {
        "index": found.index[hit],
        "benign": pairs.benign[hit],
        "adversarial": pairs.adversarial[hit],
        "x": x[hit],
        "x_adv": found.x_adv[hit],
    }
    write_maps(ctx.output(ActivationsFile.MAPS, "maps.npz", "maps", "npz"), model, last, maps, rows, ctx.device)


def _attacked(ctx: JobContext[ActivationsParams], model: AuditedModel) -> tuple[Tensor, AttackRun]:
    x, y, index = load_rows(ctx.inputs["x"], ctx.inputs["y"], shard_rows(ctx))
    found = run_attack(
        model,
        ctx.params.attack,
        x,
        y,
        index,
        seed=ctx.params.seed,
        num_classes=model.num_classes,
        batch_size=ctx.execution.batch_size,
        device=ctx.device,
        progress=lambda done, total: ctx.progress(done, 2 * total, "samples", "neurons.vulnerability"),
    )
    return x, found


@torch.no_grad()
def _pairs(reader: Penultimate, x: Tensor, x_adv: Tensor, device: str) -> Pairs:
    """What the last layer reads of both images, and the answers."""
    read = []
    for images in (x, x_adv):
        parts = [reader(never_alone(rows.to(device))) for rows in images.split(_AT_ONCE)]
        read.append([torch.cat(values)[: len(images)].cpu().numpy() for values in zip(*parts, strict=True)])
    (z, a), (z_adv, a_adv) = read
    return Pairs(a, a_adv, z, z_adv, z.argmax(1).astype(np.int64), z_adv.argmax(1).astype(np.int64))


def _chosen(pairs: Pairs, rows: Any) -> Pairs:
    return Pairs(*(getattr(pairs, name)[rows] for name in ("a", "a_adv", "z", "z_adv", "benign", "adversarial")))

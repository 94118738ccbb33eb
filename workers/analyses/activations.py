"""Work `activations`: an attack on one slice, and what it does to the neurons before the last layer."""

from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from openapi.analyses.vulnerability import MEASURES, ActivationsFile, ActivationsParams, ActivationsValue
from workers.analyses.slices import model_of
from workers.analyses.window_maps import write_maps
from workers.attacks.engine.attack_run import AttackRun
from workers.attacks.engine.suite import run_attack
from workers.jobs.arrays import load_rows, shard_rows
from workers.jobs.context import JobContext
from workers.models.audited import AuditedModel
from workers.neurons.exact import ExactSum, Floats
from workers.neurons.heads.last_layer import LastLayer, Penultimate, find_last_layer
from workers.neurons.heads.walk import NoLastLayer
from workers.neurons.vulnerability import Bands, Pairs, identity_error, measures
from workers.pictures import differences, pictures

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
    benign = last.contributions(pairs.a, pairs.benign)
    bands = Bands(model.num_classes, last.neurons)
    bands.add(benign, pairs.benign)
    totals = ExactSum()
    by_name: dict[str, Floats] = {str(name): values for name, values in measures(last, pairs).items()}
    of_images = np.stack([by_name[name] for name in MEASURES], 1)
    totals.add(of_images[found.success])
    _write_images(ctx, last, pairs, of_images, x, found.x_adv)
    np.savez(
        ctx.output(ActivationsFile.TOTALS, "totals.npz", "totals", "npz"),
        measures=totals.pair((len(MEASURES), last.neurons)),
        **bands.arrays(),  # type: ignore[arg-type]  # arrays, none of which is called allow_pickle
    )
    np.savez(
        ctx.output(ActivationsFile.ACTIVATIONS, "activations.npz", "activations", "npz"),
        index=found.index,
        label=found.label,
        predicted=pairs.benign,
        adversarial=pairs.adversarial,
        fooled=found.success,
        benign=_rows(pairs.a),
        attacked=_rows(pairs.a_adv),
        z=pairs.z,
        z_adv=pairs.z_adv,
        contribution=benign.astype(np.float32),
        contribution_adv=last.contributions(pairs.a_adv, pairs.adversarial).astype(np.float32),
        weight=last.weight,
        bias=last.bias,
        neuron_of=last.neuron_of,
        origin_layer=np.array([layer for layer, _ in last.origin]),
        origin_channel=np.array([channel for _, channel in last.origin], np.int64),
    )
    _write_maps(ctx, model, last, pairs, x, found)
    ctx.progress(2 * len(x), 2 * len(x), "samples", "neurons.vulnerability")
    return ActivationsValue(
        n=len(x),
        fooled=len(fooled.z),
        layer=last.penultimate,
        neurons=last.neurons,
        identity_error=identity_error(last, fooled) if len(fooled.z) else None,
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


def _write_images(
    ctx: JobContext[ActivationsParams], last: LastLayer, pairs: Pairs, of_images: Floats, x: Tensor, x_adv: Tensor
) -> None:
    """What is asked of single images: measures (n, MEASURES, neurons), largest activations, pictures, distances."""
    change = (x_adv - x).flatten(1).double()
    difference, gain = differences(x, x_adv)
    np.savez(
        ctx.output(ActivationsFile.IMAGES, "images.npz", "images", "npz"),
        measures=of_images.astype(np.float32),
        excitation=_largest(last, pairs.a),
        excitation_adv=_largest(last, pairs.a_adv),
        benign=pictures(x),
        adversarial=pictures(x_adv),
        difference=difference,
        gain=gain,
        linf=change.abs().amax(1).numpy(),
        l2=change.square().sum(1).sqrt().numpy(),
    )


def _largest(last: LastLayer, a: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """(n, neurons): the largest number that the last layer reads of each neuron."""
    flat = a if a.ndim == 2 else a.max(2)
    if last.flat:
        return flat
    order = np.argsort(last.neuron_of, kind="stable")
    first = np.searchsorted(last.neuron_of[order], np.arange(last.neurons))
    largest: npt.NDArray[np.float32] = np.maximum.reduceat(flat[:, order], first, axis=1)
    return largest


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
        batch_size=ctx.execution.get("batch_size"),
        device=ctx.device,
        progress=lambda done, total: ctx.progress(done, 2 * total, "samples", "neurons.vulnerability"),
    )
    return x, found


@torch.no_grad()
def _pairs(reader: Penultimate, x: Tensor, x_adv: Tensor, device: str) -> Pairs:
    """What the last layer reads of both images, and the answers."""
    read = []
    for images in (x, x_adv):
        parts = [reader(rows.to(device)) for rows in images.split(_AT_ONCE)]
        read.append([torch.cat(values).cpu().numpy() for values in zip(*parts, strict=True)])
    (z, a), (z_adv, a_adv) = read
    return Pairs(a, a_adv, z, z_adv, z.argmax(1).astype(np.int64), z_adv.argmax(1).astype(np.int64))


def _chosen(pairs: Pairs, rows: Any) -> Pairs:
    return Pairs(*(getattr(pairs, name)[rows] for name in ("a", "a_adv", "z", "z_adv", "benign", "adversarial")))


def _rows(a: Any) -> Any:
    """(n, inputs): of a rectified head the average over positions."""
    return a if a.ndim == 2 else a.mean(2)

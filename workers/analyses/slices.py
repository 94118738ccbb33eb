"""The samples of a work, batch by batch on its device, and its model."""

from collections.abc import Iterator
from typing import TypeVar

import torch
from torch import Tensor

from openapi.problems import NotDifferentiable
from openapi.stages.analysis import SliceParams
from workers.jobs.arrays import load_rows, shard_rows
from workers.jobs.context import JobContext
from workers.models.audited import AuditedModel
from workers.models.load import load_contract

P = TypeVar("P", bound=SliceParams)


def model_of(ctx: JobContext[P]) -> AuditedModel:
    """The audited model, on the device of the work. Raises `NotDifferentiable` when it gives no gradient."""
    model = load_contract(ctx.inputs["model"], ctx.params.model).to(ctx.device)
    if not model.differentiable:
        raise NotDifferentiable(
            "Analyses of neurons need adversarial pairs, and this model gives no gradient; set neurons: null"
        )
    return model


def never_alone(x: Tensor) -> Tensor:
    """A batch of one image twice, a larger one as it is.

    Kernels for a single image add up in another order, and its activations differ in the last digit from those in
    company: what is told of single images is to be the same for every batch and slice.
    """
    return x if len(x) > 1 else torch.cat([x, x])


def batches(ctx: JobContext[P], size: int) -> Iterator[tuple[Tensor, Tensor, Tensor]]:
    """(x (n, c, h, w) in [0, 1], y (n,), index (n,)) of the samples start..stop, at most `size` at once.

    Tells the progress after each. `execution` may name another size.
    """
    rows = shard_rows(ctx)
    size = ctx.execution.batch_size or size
    for at in range(0, len(rows), size):
        x, y, index = load_rows(ctx.inputs["x"], ctx.inputs["y"], rows[at : at + size])
        yield x.to(ctx.device), y.to(ctx.device), index.to(ctx.device)
        ctx.progress(at + len(x), len(rows), "samples", f"neurons.{ctx.params.work}")

"""Settles by experiment whether rows of one image stand together where a dimension counts images × tokens."""

from dataclasses import replace

import torch
from torch import Tensor

from openapi.audits import Tap
from workers.models.audited import AuditedModel, Tapped
from workers.models.layers import Layer
from workers.models.taps import TapPoint


def settle_rows(model: AuditedModel) -> None:
    """Mark tap points whose folded rows are ordered token first; drop layers that mix images in one row.

    Two batches that differ in their second image alone are run: the rows that change are that image's.
    """
    folded = [layer for layer in model._layers.values() if any(p.repeat > 1 for p in layer.taps.values())]
    if not folded:
        return
    assert model.input.shape is not None
    images = torch.rand((3, *model.input.shape), generator=torch.Generator().manual_seed(1))
    changed: dict[str, Tensor] = {}
    taps: tuple[Tap, ...] = ("conv", "norm", "act", "pool")
    for tap in taps:
        tapped = Tapped(model, tap, [layer.info.name for layer in folded])
        if all(point.node in changed for point in tapped.points.values()):
            continue
        with torch.no_grad():
            first, second = (tapped.raw(images[[0, i]]) for i in (1, 2))
        for name, point in tapped.points.items():
            rows = (first[name] != second[name]).movedim(point.batch, 0).flatten(1).any(1)
            changed[point.node] = rows
    for layer in folded:
        points = {tap: _settled(point, changed[point.node]) for tap, point in layer.taps.items()}
        if any(point is None for point in points.values()):
            del model._layers[layer.info.name]
            continue
        kept = {tap: point for tap, point in points.items() if point is not None}
        model._layers[layer.info.name] = Layer(layer.info, layer.parameters, kept)


def _settled(point: TapPoint, changed: Tensor) -> TapPoint | None:
    if point.repeat == 1:
        return point
    if not bool(changed[: point.repeat].any()):
        return point
    if not bool(changed[0::2].any()):
        return replace(point, minor=True)
    return None

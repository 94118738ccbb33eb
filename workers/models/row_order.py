"""Settles by experiment whether rows of one image stand together where a dimension counts images × tokens."""

from dataclasses import replace

import torch
from torch import Tensor

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
    points = {p.node: p for layer in folded for p in layer.taps.values() if p.repeat > 1}
    tapped = Tapped(model, layers=[])
    tapped.points = points
    with torch.no_grad():
        first, second = (tapped.raw(images[[0, i]]) for i in (1, 2))
    changed = {
        name: (first[name] != second[name]).movedim(point.batch, 0).flatten(1).any(1) for name, point in points.items()
    }
    for layer in folded:
        settled = {tap: _settled(point, changed) for tap, point in layer.taps.items()}
        kept = {tap: point for tap, point in settled.items() if point is not None}
        if len(kept) < len(settled):
            del model._layers[layer.info.name]
            continue
        model._layers[layer.info.name] = Layer(layer.info, layer.parameters, kept)


def _settled(point: TapPoint, changed: dict[str, Tensor]) -> TapPoint | None:
    if point.repeat == 1:
        return point
    rows = changed[point.node]
    if not bool(rows[: point.repeat].any()):
        return point
    if not bool(rows[0::2].any()):
        return replace(point, minor=True)
    return None

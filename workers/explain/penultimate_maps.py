"""The activation maps of the penultimate neurons, where what the last layer reads comes of maps.

Whatever stands between the maps and the last layer, the numbers of trial images decide: a head that averages (or takes
the largest of) a feature map has one number a channel, a flattened one has a map's numbers in order.
"""

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from openapi.problems import InvalidField
from workers.explain.feature_map import FeatureMap, find_feature_map, grid_of, trial_images, with_value
from workers.models.audited import AuditedModel
from workers.neurons.heads.last_layer import LastLayer, Penultimate

#: x (n, c, h, w) in [0, 1] → maps (n, neurons, rows, columns).
Maps = Callable[[Tensor], Tensor]
_AGREES = 1e-4


@torch.no_grad()
def penultimate_maps(model: AuditedModel, last: LastLayer) -> Maps | None:
    """How the neurons' maps are had of images; None where the neurons have none (units, a class token)."""
    x = trial_images(model)
    if last.reading == "averaged":
        values = with_value(model, last.nodes[0])
        return (lambda images: values(images)[1].float()) if last.flat else None
    reader = Penultimate(model, last)
    _, a = reader(x)
    grid = _grid(last, a, x)
    if grid is not None:
        order = torch.from_numpy(np.argsort(last.neuron_of, kind="stable"))

        def of_inputs(images: Tensor) -> Tensor:
            _, read = reader(images)
            maps: Tensor = read[:, order.to(read.device)].reshape(len(images), last.neurons, *grid)
            return maps

        return of_inputs
    return _pooled(model, last, a, x)


def _grid(last: LastLayer, a: Tensor, x: Tensor) -> tuple[int, int] | None:
    """Rows and columns of what is read of each neuron: of every one as many numbers, in the images' aspect."""
    counts = np.bincount(last.neuron_of, minlength=last.neurons)
    each = int(counts[0]) if (counts == counts[0]).all() else 0
    positions = a.shape[2] if a.ndim == 3 else 1
    if 1 not in (each, positions):
        return None
    found = grid_of(each * positions, *x.shape[2:]) if each * positions > 1 else None
    return found[1] if found is not None and not found[0] else None


def _pooled(model: AuditedModel, last: LastLayer, a: Tensor, x: Tensor) -> Maps | None:
    """The last feature map, where the neurons are its channels' means or maxima."""
    try:
        found: FeatureMap = find_feature_map(model)
    except InvalidField:
        return None
    run = with_value(model, found.node)
    maps = found.canonical(run(x)[1]).float()
    if not last.flat or a.shape != maps.shape[:2]:
        return None
    spread = float(a.abs().amax())
    near = [float((pooled - a).abs().amax()) <= _AGREES * spread for pooled in (maps.mean((2, 3)), maps.amax((2, 3)))]
    return (lambda images: found.canonical(run(images)[1]).float()) if any(near) else None

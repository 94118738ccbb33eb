"""Windows of fooled images taken from their adversarial twins, and how far they meet each neuron's receptive field.

The file `maps`: `index` (k,) sample numbers, `window`, the side in pixels; `map_benign`, `map_adversarial` (k, rows,
columns); where the neurons have maps, `score_benign`, `score_adversarial` (k, neurons) and `field`, `field_adv` (k,
neurons, h', w') float16, what is positive of the maps.
"""

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from openapi.analyses.vulnerability import MapParams
from workers.explain.penultimate_maps import Maps, penultimate_maps
from workers.models.audited import AuditedModel
from workers.neurons.heads.last_layer import LastLayer
from workers.neurons.windows import VulnerabilityMaps, map_scores, vulnerability_maps

#: The largest float16.
_MOST = 65504.0


def write_maps(
    path: Path, model: AuditedModel, last: LastLayer, params: MapParams, rows: dict[str, Any], device: str
) -> None:
    """Write the maps of the rows: index, benign, adversarial (k,) and x, x_adv (k, c, h, w)."""
    read, count = penultimate_maps(model, last), len(rows["index"])
    side = None if params.window == "auto" else params.window
    columns: dict[str, list[Any]] = {}
    groups = None
    for i in range(count):
        x, x_adv = (rows[name][i : i + 1].to(device) for name in ("x", "x_adv"))
        benign, adversarial = (torch.from_numpy(rows[name][i : i + 1]).to(device) for name in ("benign", "adversarial"))
        maps = vulnerability_maps(model, x, x_adv, benign, adversarial, side)
        groups = maps.groups
        for name, value in {"map_benign": maps.benign, "map_adversarial": maps.adversarial}.items():
            columns.setdefault(name, []).append(value.cpu().numpy())
        if read is not None:
            for name, values in _of_neurons(read, maps, x, x_adv).items():
                columns.setdefault(name, []).append(values)
    arrays: dict[str, npt.NDArray[Any]] = {name: np.concatenate(parts) for name, parts in columns.items()}
    window = np.int64(groups.side if groups else side or 0)
    np.savez(path, index=rows["index"], window=window, allow_pickle=False, **arrays)


@torch.no_grad()
def _of_neurons(read: Maps, maps: VulnerabilityMaps, x: Tensor, x_adv: Tensor) -> dict[str, npt.NDArray[Any]]:
    """Scores of one image's neurons, by their field in the benign image, and the fields of both."""
    field, field_adv = (read(images).clamp(0, _MOST) for images in (x, x_adv))
    return {
        "score_benign": map_scores(field, maps.benign, maps.groups).cpu().numpy(),
        "score_adversarial": map_scores(field, maps.adversarial, maps.groups).cpu().numpy(),
        "field": field.half().cpu().numpy(),
        "field_adv": field_adv.half().cpu().numpy(),
    }

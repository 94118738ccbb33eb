"""Neurons of any layer, the images that excite them most and their maps there, in the file of columns.

``fields.*``, a row for each image of each neuron, layer by layer, neuron by neuron, most exciting first: neuron, image
(a row of the images), label, activation, activation_adv; and ``fields.map.L``, ``fields.map_adv.L`` (h', w'), the rows
of layer L alone. Images: ``fields.index``, and the pictures ``fields.benign`` and ``fields.adversarial`` (c, h, w).
Fact ``fields``: layer → [L, its first row, the row after its last].
"""

from pathlib import Path

import numpy as np
import torch

from openapi.wire.columns import ColumnType
from workers.pictures import pictures
from workers.reports.columns_file import ColumnsFile

_ROWS: dict[str, ColumnType] = {
    "neuron": "i4", "image": "i8", "label": "i8", "activation": "f8", "activation_adv": "f8",
}  # fmt: skip


def write(file: ColumnsFile, fields: Path) -> None:
    """fields: the artifact `receptive_fields`."""
    with np.load(fields, allow_pickle=False) as arrays:
        first = arrays["first"].tolist()
        names = arrays["names"].tolist()
        file.facts["fields"] = {name: [i, first[i], first[i + 1]] for i, name in enumerate(names)}
        for name, type in _ROWS.items():
            file.array(f"fields.{name}", arrays[name], type)
        file.array("fields.index", arrays["images"], "i8")
        for name, picture in (("x", "benign"), ("x_adv", "adversarial")):
            file.array(f"fields.{picture}", pictures(torch.from_numpy(arrays[name])), "u1")
        for i in range(len(names)):
            for name in ("map", "map_adv"):
                file.array(f"fields.{name}.{i}", arrays[f"{name}_{i}"], "f4")

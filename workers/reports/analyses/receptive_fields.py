"""The report's part of receptive fields: which images excite which neurons, the artifact and a picture a layer.

The artifact `receptive_fields` (npz) has a row for every image of every neuron, layer by layer, neuron by neuron, most
exciting first: `layer` (m,) is a position in `names`, and the rows of layer l are ``first[l]:first[l + 1]``; `neuron`,
`group` (0 top, 1 bottom), `place`, `index`, `label`, `activation`, `activation_adv` (m,); `image` (m,) is a row of
`images` (k,) sample numbers, `x`, `x_adv` (k, c, h, w) in [0, 1]; `map_l`, `map_adv_l` (rows of layer l, h', w').
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from openapi.analyses.receptive_fields import (
    ExcitationFile,
    ExcitationValue,
    Extremes,
    ExtremesValue,
    FieldImage,
    FieldLayer,
    FieldNeuron,
    FieldsFile,
    ReceptiveFieldOptions,
    ReceptiveFieldSection,
)
from openapi.report import Report
from openapi.text import counted
from workers.neurons.excitation import TopImages, merged_tops
from workers.neurons.field_sheets import save_sheet
from workers.reports.analyses.base import Found, Merged, Output, View
from workers.reports.figures import picture
from workers.reports.kept_arrays import append_npz, join_npz

#: Layers whose pictures stand on the page: first, last and between.
_ON_PAGE = 4
_SAYS = (
    "What the most and the least sensitive neurons look at: the images that excite each most, dark outside of its "
    "field, beside the same under attack. A field that jumps elsewhere under attack, or goes out, is unusual: that "
    "neuron follows the perturbation, not the picture."
)
_COLUMNS = ("neuron", "group", "place", "index", "label", "activation", "activation_adv", "image")


@dataclass(frozen=True)
class _Layer:
    """Position and name, neurons, images of all slices, and the table's rows, in order."""

    position: int
    name: str
    extremes: Extremes
    top: TopImages
    rows: Mapping[str, Any]


def merge(options: ReceptiveFieldOptions, found: Found) -> Merged:
    """Name the images of every neuron."""
    layers = [_layer(layer) for layer in _layers(found)]
    n = sum(r.value.n for r in found.of("excitation") if isinstance(r.value, ExcitationValue))
    if not any(layer.neurons for layer in layers):
        return Merged(None, "no neuron of these layers gives anything but 0")
    section = ReceptiveFieldSection(n=n, threshold=options.threshold, layers=tuple(layers))
    neurons = sum(len(layer.neurons) for layer in layers)
    detail = f"{counted(neurons, 'neuron')} of {counted(len(layers), 'layer')}, each with the images "
    detail += f"that excite it most of {n}"
    return Merged(section, detail, {"layers": len(layers), "neurons": neurons, "images": n})


def _layer(layer: _Layer) -> FieldLayer:
    rows, neurons = layer.rows, []
    for k, neuron in enumerate(layer.extremes.neurons):
        images = tuple(
            FieldImage(
                index=int(rows["index"][i]),
                activation=float(rows["activation"][i]),
                activation_adv=float(rows["activation_adv"][i]),
                label=int(rows["label"][i]),
            )
            for i in np.flatnonzero(rows["position"] == k).tolist()
        )
        group = "top" if k < len(layer.extremes.top) else "bottom"
        sigma = layer.extremes.sensitivity[k]
        neurons.append(FieldNeuron(neuron=neuron, group=group, sensitivity=sigma, images=images))
    return FieldLayer(name=layer.name, neurons=tuple(neurons))


def _layers(found: Found) -> list[_Layer]:
    """The layers, without their maps."""
    value = found.of("extremes")[0].value
    assert isinstance(value, ExtremesValue)
    tops = merged_tops([r.files[ExcitationFile.TOP] for r in found.of("excitation")], len(value.neurons))
    parts = [r.files[FieldsFile.FIELDS] for r in found.of("fields")]
    layers = []
    for i, ((name, extremes), top) in enumerate(zip(value.neurons.items(), tops, strict=True)):
        layers.append(_Layer(i, name, extremes, top, _rows(i, extremes, top, parts)))
    return layers


def _rows(layer: int, extremes: Extremes, top: TopImages, parts: Sequence[Path]) -> dict[str, npt.NDArray[Any]]:
    """The rows of a layer in order, `order` being where each stands in the slices one after the other."""
    columns: dict[str, list[Any]] = {"neuron": [], "place": [], "row": [], "activation_adv": []}
    images = 0
    for part in parts:
        with np.load(part, allow_pickle=False) as arrays:
            for name, column in columns.items():
                column.append(arrays[f"{name}_{layer}"] + (images if name == "row" else 0))
            images += len(arrays["images"])
    joined = {name: np.concatenate(column) for name, column in columns.items()}
    order = np.lexsort((joined["place"], joined["neuron"]))
    position, place = (joined[name][order] for name in ("neuron", "place"))
    return {
        "order": order,
        "position": position,
        "neuron": np.array(extremes.neurons, np.int32)[position] if len(position) else position,
        "group": (position >= len(extremes.top)).astype(np.int8),
        "place": place,
        "image": joined["row"][order],
        "index": top.index[position, place],
        "label": top.label[position, place],
        "activation": top.activation[position, place],
        "activation_adv": joined["activation_adv"][order],
    }


def keep(options: ReceptiveFieldOptions, found: Found, output: Output) -> None:
    """The artifact `receptive_fields`, and a picture of each layer."""
    parts = [result.files[FieldsFile.FIELDS] for result in found.of("fields")]
    if not parts:
        return
    layers = _layers(found)
    counts = [len(layer.rows["order"]) for layer in layers]
    target = output("receptive_fields", "receptive-fields.npz", "receptive_fields", "npz")
    join_npz(parts, ("images", "x", "x_adv"), target)
    table = {
        "names": np.array([layer.name for layer in layers], np.str_),
        "layer": np.repeat(np.arange(len(layers), dtype=np.int32), counts),
        "first": np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
    }
    append_npz(target, table | {name: np.concatenate([layer.rows[name] for layer in layers]) for name in _COLUMNS})
    for layer in layers:
        order, i = layer.rows["order"], layer.position
        append_npz(target, {f"{name}_{i}": _joined(parts, f"{name}_{i}")[order] for name in ("map", "map_adv")})
        if len(order):
            path = output(f"receptive_fields_{i}", _file_name(layer), "receptive_fields", "png")
            save_sheet(path, _captioned(layer, _joined(parts, f"tiles_{i}")[order]))


def _joined(parts: Sequence[Path], name: str) -> Any:
    """An array of all slices; in a slice without a row of it, it has no shape either."""
    arrays = []
    for part in parts:
        with np.load(part, allow_pickle=False) as data:
            arrays.append(data[name])
    return np.concatenate([a for a in arrays if len(a)] or arrays[:1])


def _file_name(layer: _Layer) -> str:
    return f"receptive-fields-{layer.position:03d}-{re.sub(r'[^A-Za-z0-9._-]+', '_', layer.name)[:80]}.png"


def _captioned(layer: _Layer, tiles: Any) -> list[tuple[str, list[tuple[Any, Any]]]]:
    """Rows of the picture: a neuron, and the pairs of tiles of its images."""
    rows = []
    for k, neuron in enumerate(layer.extremes.neurons):
        group = "most" if k < len(layer.extremes.top) else "least"
        pairs = [(pair[0], pair[1]) for pair in tiles[layer.rows["position"] == k]]
        rows.append((f"neuron {neuron}\n{group} sensitive", pairs))
    return rows


def view(section: ReceptiveFieldSection, report: Report) -> View:
    """How much the attack moves the largest activation of each group, layer by layer."""
    return {"rows": [{"name": layer.name, **_moved(layer)} for layer in section.layers]}


def _moved(layer: FieldLayer) -> dict[str, float | None]:
    """Mean |F(x') − F(x)| of the largest activations over mean |F(x)|, by group; None without a neuron."""
    found: dict[str, float | None] = {}
    for group in ("top", "bottom"):
        images = [image for neuron in layer.neurons if neuron.group == group for image in neuron.images]
        size = sum(abs(image.activation) for image in images)
        moved = sum(abs(image.activation_adv - image.activation) for image in images)
        found[group] = moved / size if size > 0 else None
    return found


def pictures(section: ReceptiveFieldSection, files: Mapping[str, Path]) -> View:
    """The sheets that stand on the page, and how many other layers have one."""
    there = [(i, layer) for i, layer in enumerate(section.layers) if f"receptive_fields_{i}" in files]
    count = min(_ON_PAGE, len(there))
    chosen = sorted({round(k * (len(there) - 1) / max(1, count - 1)) for k in range(count)})
    sheets = []
    for i, layer in (there[k] for k in chosen):
        described = "A row a neuron, pairs of a benign image and its adversarial twin"
        title = f"Receptive fields of {layer.name}"
        sheets.append(picture(title, files[f"receptive_fields_{i}"].read_bytes(), described, _SAYS))
    return {"pictures": sheets, "others": len(there) - len(sheets)}

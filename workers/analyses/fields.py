"""Work `fields`: of one slice the images that excite a neuron most over all slices, their pairs, and the neuron's maps.

The file, with l the position of a layer in `params.neurons`: `images` (k,), `x`, `x_adv` (k, c, h, w) of the slice's
chosen images; and for each layer a row for every image of every neuron: `neuron_l`, the position in the layer's list,
`place_l`, how many images excite it more, `row_l`, the image's row in `x`, `activation_adv_l`, `map_l` and `map_adv_l`
(rows, h', w'), and `tiles_l` (rows, 2, …) pictures of both.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from openapi.analyses.receptive_fields import FieldsFile, FieldsParams, FieldsValue
from workers.analyses.slices import model_of, never_alone
from workers.attacks.ball.pairs import dual_pairs
from workers.jobs.arrays import load_rows, shard_rows
from workers.jobs.context import JobContext
from workers.jobs.neurons import rows_at_once
from workers.jobs.rows_file import RowsFile
from workers.neurons.excitation import TopImages, merged_tops
from workers.neurons.field_sheets import field_tile

_IMAGES = {"images": ("<i8", 1), "x": ("<f4", 4), "x_adv": ("<f4", 4)}
_OF_LAYER = {
    "neuron": ("<i4", 1), "place": ("<i4", 1), "row": ("<i8", 1), "activation_adv": ("<f8", 1), "map": ("<f4", 3),
    "map_adv": ("<f4", 3), "tiles": ("u1", 5),
}  # fmt: skip


def run(ctx: JobContext[FieldsParams]) -> FieldsValue:
    """Make the pairs of the slice's chosen images, and keep the maps of the neurons that they excite."""
    params, model = ctx.params, model_of(ctx)
    layers = list(params.neurons)
    paths = [path for name, path in ctx.inputs.items() if name.startswith("top.")]
    tops = dict(zip(layers, merged_tops(paths, len(layers)), strict=True))
    rows = _chosen(tops, shard_rows(ctx))
    columns = _IMAGES | {f"{name}_{i}": form for i in range(len(layers)) for name, form in _OF_LAYER.items()}
    kept = RowsFile(ctx.output(FieldsFile.FIELDS, "fields.npz", "fields", "npz"), columns)
    tapped = model.tapped(params.tap, layers)
    size = ctx.execution.batch_size or rows_at_once(model.layers, ctx.device)
    for at in range(0, len(rows), size):
        loaded = load_rows(ctx.inputs["x"], ctx.inputs["y"], rows[at : at + size])
        x, y, index = (part.to(ctx.device) for part in loaded)
        x_adv = dual_pairs(
            model, x, y, index, seed=params.seed, eps=params.eps, steps=params.steps, step_size=params.step_size
        )
        with torch.no_grad():
            maps = [tapped(never_alone(images))[1] for images in (x, x_adv)]
        pictures = [images.cpu().numpy() for images in (x, x_adv)]
        kept.add(images=index.cpu().numpy(), x=pictures[0], x_adv=pictures[1])
        for i, (name, extremes) in enumerate(params.neurons.items()):
            neuron, place, image = _places(tops[name], index.cpu().numpy())
            neurons = torch.tensor(extremes.neurons, dtype=torch.int64)[neuron]
            found = [_map_of(one[name], torch.from_numpy(image), neurons) for one in maps]
            columns_of = {
                "neuron": neuron,
                "place": place,
                "row": at + image,
                "activation_adv": found[1].max((1, 2), initial=-np.inf),
                "map": found[0],
                "map_adv": found[1],
                "tiles": _tiles([part[image] for part in pictures], found, params.threshold),
            }
            kept.add(**{f"{key}_{i}": values for key, values in columns_of.items()})
        ctx.progress(at + len(x), len(rows), "samples", "neurons.receptive_fields")
    kept.close()
    return FieldsValue(n=len(rows))


def _chosen(tops: Mapping[str, TopImages], rows: Any) -> Any:
    """Those of the slice's rows that are among the first of some neuron."""
    wanted = [top.index.ravel() for top in tops.values()]
    return rows[np.isin(rows, np.concatenate(wanted))] if wanted else rows[:0]


def _places(top: TopImages, index: Any) -> tuple[Any, Any, Any]:
    """Of one layer, where images with the numbers `index` (n,) stand: (m,) neuron, place, which of them."""
    position = {int(number): row for row, number in enumerate(index)}
    neuron, place = np.nonzero(np.isin(top.index, index))
    return neuron, place, np.array([position[int(number)] for number in top.index[neuron, place]], np.int64)


def _map_of(activation: Tensor, image: Tensor, neuron: Tensor) -> Any:
    """Maps (m, h', w') of pairs of image and neuron."""
    found = activation[image.to(activation.device), neuron.to(activation.device)]
    return found.float().cpu().numpy()


def _tiles(pictures: Sequence[Any], maps: Sequence[Any], threshold: float) -> Any:
    """(m, 2, h'', w'', 3) bytes of both images with the field of one neuron each."""
    rows = [
        [field_tile(picture[i], field[i], threshold) for picture, field in zip(pictures, maps, strict=True)]
        for i in range(len(maps[0]))
    ]
    return np.array(rows, np.uint8) if rows else np.zeros((0, 2, 1, 1, 3), np.uint8)

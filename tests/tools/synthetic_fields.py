"""Made-up window maps, and images that excite neurons, in the form in which slices leave them."""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch

from openapi.analyses.receptive_fields import (
    ExcitationFile,
    ExcitationValue,
    Extremes,
    ExtremesValue,
    FieldsFile,
    FieldsValue,
    ReceptiveFieldOptions,
)
from openapi.analyses.sensitivity import LayerSensitivity
from workers.attacks.minimal.pixel_groups import Groups, usual_side
from workers.neurons.excitation import TopImages, extremes, save_tops
from workers.neurons.field_sheets import field_tile
from workers.neurons.windows import map_scores
from workers.reports.analyses.base import Result

Floats = npt.NDArray[np.float32]
Labels = npt.NDArray[np.int64]
#: Images that are looked through for those that excite a neuron most.
_LOOKED_THROUGH = 200


def window_maps(path: Path, index: Labels, neurons: int, side: int) -> None:
    """Write the file `maps` of a slice: windows and fields are noise, scores are computed. index: of the images."""
    rng = np.random.default_rng(13)
    groups = Groups(usual_side(side, side), side, side)
    windows = rng.gamma(0.3, 0.02, (2, len(index), *groups.shape))
    shape = (neurons, max(1, side // 4), max(1, side // 4))
    fields = [_blobs(rng, shape) for _ in range(2 * len(index))]
    scores = [
        [
            map_scores(torch.from_numpy(field)[None], torch.from_numpy(values)[None], groups)[0].numpy()
            for values in pair
        ]
        for field, pair in zip(fields[::2], windows.swapaxes(0, 1), strict=True)
    ]
    np.savez(
        path,
        index=index,
        window=np.int64(groups.side),
        map_benign=windows[0],
        map_adversarial=windows[1],
        score_benign=np.array([one for one, _ in scores]),
        score_adversarial=np.array([other for _, other in scores]),
        field=np.array(fields[::2], np.float16),
        field_adv=np.array(fields[1::2], np.float16),
    )


def _blobs(rng: np.random.Generator, shape: tuple[int, int, int]) -> Floats:
    """Maps (m, h, w) that are largest at one place each and fall off around it."""
    m, height, width = shape
    y, x = rng.random((2, m, 1, 1))
    away = (np.linspace(0, 1, height)[:, None] - y) ** 2 + (np.linspace(0, 1, width) - x) ** 2
    found: Floats = (rng.gamma(2, 0.5, (m, 1, 1)) * np.exp(-8 * away)).astype(np.float32)
    return found


def receptive_fields(
    options: ReceptiveFieldOptions, layers: list[LayerSensitivity], labels: Labels, side: int, folder: Path
) -> dict[str, list[Result]]:
    """What the three works leave of one slice that has all images. layers: the deeper, the smaller their maps."""
    rng = np.random.default_rng(14)
    n = min(_LOOKED_THROUGH, len(labels))
    chosen = {layer.name: _extremes(layer, options.neurons) for layer in layers}
    tops = [TopImages(len(of.neurons), options.images) for of in chosen.values()]
    for top in tops:
        a = rng.gamma(2, 0.5, (n, len(top.index)))
        top.add(a, None, np.arange(n), labels[:n])
    save_tops(folder / "top.npz", tops)
    images = np.unique(np.concatenate([top.index.ravel() for top in tops]))
    x = rng.random((len(images), 3, side, side), dtype=np.float32)
    x_adv = (x + rng.choice([-0.03, 0.03], x.shape).astype(np.float32)).clip(0, 1)
    arrays: dict[str, npt.NDArray[np.generic]] = {"images": images, "x": x, "x_adv": x_adv}
    for i, (layer, top) in enumerate(zip(layers, tops, strict=True)):
        neuron, place = np.nonzero(top.index >= 0)
        row = np.searchsorted(images, top.index[neuron, place])
        size = max(1, side >> (layer.depth // 4))
        maps = [_blobs(rng, (len(row), size, size)) for _ in range(2)]
        tiles = [
            [field_tile(pictures[at], of[k], options.threshold) for pictures, of in zip((x, x_adv), maps, strict=True)]
            for k, at in enumerate(row.tolist())
        ]
        columns = {
            "neuron": neuron.astype(np.int32), "place": place.astype(np.int32), "row": row, "map": maps[0],
            "map_adv": maps[1], "activation_adv": maps[1].max((1, 2)).astype(np.float64), "tiles": np.array(tiles),
        }  # fmt: skip
        arrays |= {f"{name}_{i}": values for name, values in columns.items()}
    np.savez(folder / "fields.npz", **arrays)  # type: ignore[arg-type]  # arrays, none of which is called allow_pickle
    return {
        "extremes": [Result((), ExtremesValue(neurons=chosen), {})],
        "excitation": [Result((0,), ExcitationValue(n=n), {ExcitationFile.TOP: folder / "top.npz"})],
        "fields": [Result((0,), FieldsValue(n=len(images)), {FieldsFile.FIELDS: folder / "fields.npz"})],
    }


def _extremes(layer: LayerSensitivity, count: int) -> Extremes:
    sigma = np.zeros(layer.neurons)
    for one in layer.ranking:
        sigma[one.neuron] = one.sensitivity
    top, bottom = (part.tolist() for part in extremes(sigma, np.array(layer.dead, np.int64), count))
    return Extremes(top=tuple(top), bottom=tuple(bottom), sensitivity=tuple(sigma[[*top, *bottom]].tolist()))

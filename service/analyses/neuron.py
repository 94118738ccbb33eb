"""One neuron with all that is known of it."""

from typing import Any

from openapi.problems import NotFound
from service.analyses.clusters import own_cluster
from service.analyses.columns import Columns
from service.analyses.fields import with_fields
from service.analyses.layers import find_layer
from service.analyses.neurons import Scope, measures_of, views_of
from service.analyses.pictures import pictures_of
from service.analyses.receptive_fields import exciting_images
from service.analyses.service import class_name, written

_TABLE = ("index", "label", "predicted", "adversarial", "linf")


async def neuron_detail(columns: Columns, audit: str, layer: str, number: int, count: int | None) -> bytes:
    """Sensitivity and measures; of a neuron that the last layer reads also bands, images and its cluster.

    layer: as it stands in a path, ~1 for / and ~0 for ~ (RFC 6901).
    """
    name = layer.replace("~1", "/").replace("~0", "~")
    found = find_layer(columns, name, missing=NotFound)
    name = found.name
    if not 0 <= number < found.neurons:
        raise NotFound(f"The layer {name!r} has {found.neurons} neurons, 0 to {found.neurons - 1}")
    measures, _ = await measures_of(columns, found, Scope())
    (view,) = await views_of(columns, found, [number], measures)
    view |= {"layer": name, **dict.fromkeys(("origin", "bands", "images", "cluster"))}
    if name == columns.facts["penultimate"]:
        origin = columns.facts["origin"]
        view |= {
            "origin": None if origin is None else origin[number],
            "bands": await _bands(columns, number),
            "images": await _images(columns, audit, number),
            "cluster": await own_cluster(columns, number, count),
        }
    else:
        view["images"] = await exciting_images(columns, audit, name, number, await with_fields(columns))
    return written(view)


async def _bands(columns: Columns, neuron: int) -> list[dict[str, Any]]:
    """Class by class, of those that have benign images."""
    counts = await columns.whole("bands.n")
    names = ("mean", "low", "high")
    classes = [y for y, n in enumerate(counts) if n]
    rows = {name: await columns.rows(f"bands.{name}", classes) for name in names}
    return [
        {
            "label": y,
            "name": class_name(columns, y),
            "n": counts[y],
            **{name: rows[name][i][neuron] for name in names},
        }
        for i, y in enumerate(classes)
    ]


async def _images(columns: Columns, audit: str, neuron: int) -> dict[str, Any]:
    table = {name: await columns.whole(f"images.{name}") for name in _TABLE}
    fields = await with_fields(columns)
    found: dict[str, Any] = {}
    for kind in ("benign", "adversarial"):
        rows = await columns.row(f"exciting.{kind}", neuron)
        pairs = await columns.row(f"exciting.{kind}_pair", neuron)
        found[kind] = [
            {
                "index": table["index"][row],
                "label": table["label"][row],
                "activation": pairs[2 * i],
                "activation_adv": pairs[2 * i + 1],
                "fields": table["index"][row] in fields,
                "pictures": pictures_of(columns, audit, table, row),
            }
            for i, row in enumerate(rows)
        ]
    return found

"""Images under the attack of vulnerability: the matrix, lists of images, and one image with its curves."""

import math
from dataclasses import dataclass
from typing import Any

from openapi.problems import InvalidField, NotFound
from openapi.views.base import VULNERABILITY
from service.analyses.arrow import Format, stream
from service.analyses.columns import Columns, Numbers
from service.analyses.fields import with_fields
from service.analyses.pictures import others_of, pictures_of
from service.analyses.service import class_name, real, require, written

_KEYS = ("index", "label", "predicted", "adversarial", "fooled", "linf", "l2", "probabilities")
#: Sort → the column, and the place in its rows.
_SORTS = {
    "index": ("index", 0), "linf": ("linf", 0), "l2": ("l2", 0), "benign_probability": ("probabilities", 0),
    "adversarial_probability": ("probabilities", 3),
}  # fmt: skip


@dataclass(frozen=True)
class Choice:
    """Which images are meant; None is any."""

    label: int | None = None
    adversarial: int | None = None
    fooled: bool | None = None


async def matrix(columns: Columns) -> bytes:
    """Counts of true × adversarial label."""
    require(columns, VULNERABILITY, "The audit has no matrix")
    return await columns.text("matrix")


async def images(
    columns: Columns, audit: str, choice: Choice, sort: str, limit: int | None, start: int, format: Format
) -> bytes:
    """A page of images: by their number, or the largest first. limit: None is all."""
    require(columns, VULNERABILITY, "The audit has no images")
    check_classes(columns, label=choice.label, adversarial=choice.adversarial)
    table = {name: await columns.whole(f"images.{name}") for name in _KEYS}
    rows = _chosen(table, choice)
    name, place = _SORTS[sort]
    step = len(table[name]) // max(1, len(table["index"]))
    values, sign = table[name][place::step], 1 if sort == "index" else -1
    rows.sort(key=lambda row: (sign * values[row], row))
    shown = rows[start : None if limit is None else start + limit]
    end = start + len(shown)
    rest = {
        "attack": columns.facts["attack"],
        "sort": sort,
        "n": len(rows),
        "next_cursor": str(end) if end < len(rows) else None,
    }
    if format == "arrow":
        return stream(_columns(table, shown), **rest)
    fields = await with_fields(columns)
    return written({"items": [_image(columns, audit, table, row, fields) for row in shown], **rest})


#: Column of an Arrow stream → place in the rows of `probabilities`.
_PROBABILITIES = {"benign_predicted": 0, "benign_adversarial": 1, "attacked_predicted": 2, "attacked_adversarial": 3}


def _columns(table: dict[str, Numbers], rows: list[int]) -> dict[str, Numbers | list[bool]]:
    """The chosen rows as columns: what `_image` says, without its pictures."""

    def taken(column: Numbers, step: int = 1, place: int = 0) -> Numbers:
        return Numbers(column.typecode, [column[step * row + place] for row in rows])

    label, predicted, fooled = table["label"], table["predicted"], table["fooled"]
    return {
        **{name: taken(table[name]) for name in ("index", "label", "predicted", "adversarial")},
        "correct": [label[row] == predicted[row] for row in rows],
        "fooled": [bool(fooled[row]) for row in rows],
        **{name: taken(table["probabilities"], 4, place) for name, place in _PROBABILITIES.items()},
        **{name: taken(table[name]) for name in ("linf", "l2")},
    }


def _chosen(table: dict[str, Numbers], choice: Choice) -> list[int]:
    rows = range(len(table["index"]))
    asked = {"label": choice.label, "adversarial": choice.adversarial, "fooled": choice.fooled}
    for name, value in asked.items():
        if value is not None:
            column = table[name]
            rows = [row for row in rows if column[row] == value]  # type: ignore[assignment]  # a list from now on
    return list(rows)


def _image(columns: Columns, audit: str, table: dict[str, Numbers], row: int, fields: frozenset[int]) -> dict[str, Any]:
    label, predicted, adversarial = (table[name][row] for name in ("label", "predicted", "adversarial"))
    p = [real(value) for value in table["probabilities"][4 * row : 4 * row + 4]]
    return {
        "index": table["index"][row],
        "label": label,
        "predicted": predicted,
        "adversarial": adversarial,
        "correct": label == predicted,
        "fooled": bool(table["fooled"][row]),
        "probabilities": {
            "benign": {"predicted": p[0], "adversarial": p[1]},
            "attacked": {"predicted": p[2], "adversarial": p[3]},
        },
        "perturbation": {"linf": table["linf"][row], "l2": table["l2"][row]},
        "fields": table["index"][row] in fields,
        "pictures": pictures_of(columns, audit, table, row),
    }


async def image(columns: Columns, audit: str, index: int, format: Format) -> bytes:
    """One image, with the curves of its contributions and all that is known of its classes; in Arrow the curves."""
    require(columns, VULNERABILITY, f"The audit has no image {index}")
    table = {name: await columns.whole(f"images.{name}") for name in _KEYS}
    row = await row_of(columns, index)
    found = _image(columns, audit, table, row, await with_fields(columns))
    curves = await columns.row("images.curves", row)
    half = len(curves) // 2
    if format == "arrow":
        return await _curves(columns, found, curves[:half], curves[half:])
    z, z_adv = await columns.row("images.z", row), await columns.row("images.z_adv", row)
    found["pictures"] += await others_of(columns, audit, index)
    found |= {
        "attack": columns.facts["attack"],
        "layer": columns.facts["penultimate"],
        "classes": _classes(columns, softmax(z), softmax(z_adv)),
        "curves": {
            "benign": await _curve(columns, found["predicted"], curves[:half]),
            "adversarial": await _curve(columns, found["adversarial"], curves[half:]),
        },
    }
    return written(found)


async def _curves(columns: Columns, found: dict[str, Any], benign: Numbers, adversarial: Numbers) -> bytes:
    """A row a neuron."""
    shown: dict[str, Numbers | list[bool]] = {"neuron": Numbers("i", range(len(benign)))}
    for name, contribution in (("predicted", benign), ("adversarial", adversarial)):
        shown[name] = contribution
        for edge in ("low", "high"):
            shown[f"{name}_{edge}"] = await columns.row(f"bands.{edge}", found[name])
    told = {name: found[name] for name in ("index", "label", "predicted", "adversarial", "fooled")}
    return stream(shown, layer=columns.facts["penultimate"], attack=columns.facts["attack"], **told)


def _classes(columns: Columns, benign: list[float], attacked: list[float]) -> list[dict[str, Any]]:
    order = sorted(range(len(benign)), key=lambda y: (-max(benign[y], attacked[y]), y))
    return [{"label": y, "name": class_name(columns, y), "benign": benign[y], "attacked": attacked[y]} for y in order]


async def _curve(columns: Columns, label: int, contribution: Numbers) -> dict[str, Any]:
    low, high = await columns.row("bands.low", label), await columns.row("bands.high", label)
    known = (await columns.whole("bands.n"))[label] > 0
    return {
        "label": label,
        "contribution": contribution.tolist(),
        "low": low.tolist() if known else None,
        "high": high.tolist() if known else None,
    }


def softmax(z: Numbers) -> list[float]:
    """Probabilities of logits."""
    top = max(z)
    powers = [math.exp(value - top) for value in z]
    total = math.fsum(powers)
    return [power / total for power in powers]


def check_classes(columns: Columns, **asked: int | None) -> None:
    """Raise `InvalidField` for a class that the model has not."""
    classes = columns.facts.get("num_classes", 0)
    for pointer, value in asked.items():
        if value is not None and value >= classes:
            raise InvalidField(pointer, f"the model has {classes} classes, 0 to {classes - 1}")


async def row_of(columns: Columns, index: int) -> int:
    """The row of an image by its number in the data set. Raises `NotFound`."""
    indices = await columns.whole("images.index")
    try:
        return indices.index(index)
    except (ValueError, OverflowError):
        raise NotFound(f"Image {index} is none of the {len(indices)} that were attacked; /images lists them") from None

"""Measures of the penultimate neurons in the file of columns: over groups of fooled images, and by class.

``groups.*``, a row a group: label, adversarial (−1: any), n, place: a row of ``groups.measures`` (measures, neurons),
or −1 − r for a group of one image, whose measures stand in row r of the images. The first group is all fooled images,
with the numbers of the report. ``bands.*``: n (classes,), and mean, low, high (classes, neurons), NaN for a class
without an image. ``exciting.*`` (neurons, images): rows of the images with the largest activations, benign and
adversarial, and ``*_pair`` (neurons, images, 2): their activations in x and in x'.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from openapi.report import Report
from openapi.views.neurons import ALL_MEASURES
from workers.neurons.exact import Floats, Ints
from workers.neurons.excitation import TopImages
from workers.reports.analyses.base import Found
from workers.reports.analyses.vulnerability import columns_of, measured_of, totals_of
from workers.reports.columns_file import ColumnsFile
from workers.reports.views.images import excitations_of, measures_of, options_of
from workers.reports.views.penultimate import penultimate_of

#: Images of a neuron that are listed.
EXCITING = 10


def write(file: ColumnsFile, report: Report, found: Found) -> None:
    """Write all of it."""
    rows = columns_of(found, ("label", "adversarial", "fooled", "contribution_adv"))
    if rows["fooled"].any():
        _groups(file, found, rows)
    _bands(file, found)
    _exciting(file, found)
    last = penultimate_of(found)
    assert last is not None  # there are images
    file.facts["origin"] = None if last.is_layer else [f"{layer}[{channel}]" for layer, channel in last.origin]


def _groups(file: ColumnsFile, found: Found, rows: Mapping[str, Any]) -> None:
    groups = _members(rows)
    stored: list[int] = []
    places = []
    for key, members in groups.items():
        if len(members) > 1 or key == (-1, -1):
            places.append(len(stored))
            stored.append(len(members))
        else:
            places.append(-1 - int(members[0]))
    keys = list(groups)
    file.array("groups.label", [key[0] for key in keys], "i4")
    file.array("groups.adversarial", [key[1] for key in keys], "i4")
    file.array("groups.n", [len(members) for members in groups.values()], "i8")
    file.array("groups.place", places, "i8")
    whole = measured_of(options_of(found), found, rows)
    neurons = len(whole["change"])
    sums = _sums(found, [groups[key] for key, place in zip(keys, places, strict=True) if place >= 0], neurons)
    means = [total / n for total, n in zip(sums, stored, strict=True)]
    means[0] = np.stack([whole[name] for name in ALL_MEASURES])
    file.rows("groups.measures", "f8", (len(ALL_MEASURES), neurons), (mean[None] for mean in means))


def _members(rows: Mapping[str, Any]) -> dict[tuple[int, int], Ints]:
    """(label, adversarial) → rows of its fooled images: all, each class of either, each cell."""
    label, adversarial, fooled = rows["label"], rows["adversarial"], np.flatnonzero(rows["fooled"])
    found: dict[tuple[int, int], list[int]] = {(-1, -1): []}
    for row in fooled.tolist():
        t, s = int(label[row]), int(adversarial[row])
        for key in ((-1, -1), (t, -1), (-1, s), (t, s)):
            found.setdefault(key, []).append(row)
    return {key: np.array(members, np.int64) for key, members in found.items()}


def _sums(found: Found, groups: list[Ints], neurons: int) -> list[Floats]:
    """The sum of the measures over each group's images (of deviations their size)."""
    totals = [np.zeros((len(ALL_MEASURES), neurons)) for _ in groups]
    begin = 0
    for measures in measures_of(found):
        values = measures.astype(np.float64)
        values[:, -1] = np.abs(values[:, -1])
        for total, members in zip(totals, groups, strict=True):
            inside = members[(members >= begin) & (members < begin + len(values))] - begin
            if len(inside):
                total += values[inside].sum(0)
        begin += len(values)
    return totals


def _bands(file: ColumnsFile, found: Found) -> None:
    _, bands = totals_of(found)
    low, high = bands.limits(options_of(found).level)
    file.array("bands.n", bands.count, "i8")
    for name, values in (("mean", bands.mean), ("low", low), ("high", high)):
        file.array(f"bands.{name}", values, "f8")


def _exciting(file: ColumnsFile, found: Found) -> None:
    benign: TopImages | None = None
    adversarial: TopImages | None = None
    begin = 0
    for before, after in ((a.astype(np.float64), b.astype(np.float64)) for a, b in excitations_of(found)):
        rows = np.arange(begin, begin + len(before))
        if benign is None or adversarial is None:
            benign, adversarial = (TopImages(before.shape[1], EXCITING) for _ in range(2))
        benign.add(before, after, rows, rows)
        adversarial.add(after, before, rows, rows)
        begin += len(before)
    assert benign is not None  # there are images
    assert adversarial is not None
    most = min(EXCITING, begin)
    file.array("exciting.benign", benign.index[:, :most], "i8")
    file.array("exciting.adversarial", adversarial.index[:, :most], "i8")
    file.array("exciting.benign_pair", _pair(benign.activation, benign.activation_adv, most), "f8")
    file.array("exciting.adversarial_pair", _pair(adversarial.activation_adv, adversarial.activation, most), "f8")


def _pair(benign: Floats, adversarial: Floats, most: int) -> Floats:
    return np.stack([benign[:, :most], adversarial[:, :most]], 2)

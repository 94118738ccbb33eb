"""The units in the report's part of explanations: masking and dissection, each put together from its slices."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import asdict

import numpy as np

from openapi.analyses.dissection import (
    DissectedFile,
    DissectedUnit,
    DissectionOptions,
    DissectionSection,
    OverlapsValue,
)
from openapi.analyses.masking import (
    MaskedGroup,
    MaskedValue,
    MaskingOptions,
    MaskingPoint,
    MaskingSection,
    usual_counts,
)
from openapi.analyses.suppression import OmegaValue
from openapi.attack_ids import attack_ids
from openapi.text import counted
from workers.explain.dissection import Overlaps, dissect
from workers.reports.analyses.base import Found, Result
from workers.reports.figures import Figure
from workers.reports.formatting import attack_text
from workers.reports.svg import Series, accuracy_chart

_LISTED = 12
_GROUPS: tuple[MaskedGroup, ...] = ("sensitive", "random")


def masking(options: MaskingOptions, found: Found) -> tuple[MaskingSection | None, str]:
    """The section, and what its check says."""
    rankings = [r.value for r in found.of("omega") if r.at == (1,) and isinstance(r.value, OmegaValue)]
    parts: defaultdict[int, list[MaskedValue]] = defaultdict(list)
    for result in found.of("masked"):
        if isinstance(result.value, MaskedValue):
            parts[result.at[0]].append(result.value)
    if not rankings or len(parts) < len(_GROUPS):
        return None, "it left no result"
    ((layer, ranking),) = rankings[0].omega.items()
    counts, names = options.counts or usual_counts(len(ranking)), attack_ids(options.attacks)
    n = sum(value.n for value in parts[0])
    points = tuple(
        MaskingPoint(
            group=group,
            masked=count,
            clean_accuracy=sum(value.clean[k] for value in parts[g]) / n,
            robust_accuracy={name: sum(value.robust[a][k] for value in parts[g]) / n for a, name in enumerate(names)},
        )
        for g, group in enumerate(_GROUPS)
        for k, count in enumerate(counts)
    )
    attacks = {
        name: spec.model_dump(mode="json", by_alias=True, exclude={"id"})
        for name, spec in zip(names, options.attacks, strict=True)
    }
    section = MaskingSection(layer=layer, neurons=len(ranking), n=n, attacks=attacks, points=points)
    return section, f"{len(counts)} numbers of units of {layer}, {counted(n, 'image')}, {counted(len(names), 'attack')}"


def dissection(options: DissectionOptions, found: Found) -> tuple[DissectionSection | None, str]:
    """The section, and what its check says."""
    results = found.of("unit_overlaps")
    values = [result.value for result in results if isinstance(result.value, OverlapsValue)]
    if not values or found.neurons is None:
        return None, "it left no result"
    first = values[0]
    sigma = {
        row.neuron: row.sensitivity
        for layer in found.neurons.layers
        if layer.name == first.layer
        for row in layer.ranking
    }
    total = _overlaps(results)
    units = len(total.units)
    if len(sigma) != units:
        return None, f"the sensitivity of {first.layer} was not measured"
    known = dissect(total, first.concepts, np.array([sigma[k] for k in range(units)]), options.iou)
    section = DissectionSection(
        layer=first.layer,
        dataset_id=None if options.dataset_id == found.request.dataset_id else options.dataset_id,
        concepts=first.concepts,
        n=sum(value.n for value in values),
        quantile=options.quantile,
        iou=options.iou,
        units=tuple(DissectedUnit(**asdict(unit)) for unit in known.units),
        detectors=known.detectors,
        by_concept=dict(Counter(u.concept for u in known.units if u.iou > options.iou)),
        spearman=known.spearman,
        spearman_p=known.spearman_p,
        mann_whitney_p=known.mann_whitney_p,
    )
    return section, f"{known.detectors} of {units} units of {first.layer} detect one of {len(first.concepts)} concepts"


def _overlaps(results: Sequence[Result]) -> Overlaps:
    first, *others = (Overlaps.load(result.files[DissectedFile.OVERLAPS]) for result in results)
    for other in others:
        first.add(other)
    return first


def masking_figure(masking: MaskingSection) -> Figure:
    """Accuracies, clean and under each attack, against the number of zeroed units."""
    lines = []
    for group in _GROUPS:
        points = [point for point in masking.points if point.group == group]
        lines.append((f"clean, {group}", [(float(p.masked), p.clean_accuracy) for p in points]))
        lines += [
            (
                f"{attack_text(spec['name'], spec)}, {group}",
                [(float(p.masked), p.robust_accuracy[name]) for p in points],
            )
            for name, spec in masking.attacks.items()
        ]
    series = [Series(name, points, tone) for tone, (name, points) in enumerate(lines, 1)]
    title = f"Accuracy against zeroed units of {masking.layer}"
    says = (
        f"Of the {masking.neurons} units of {masking.layer} the most sensitive ones, or as many random ones, give 0; "
        f"every attack is made anew on {masking.n} images. As a defence it would raise the attacked curves of the "
        "sensitive group above those of the random one."
    )
    legend = [(line.name, line.tone) for line in series]
    return Figure(title, accuracy_chart(title, "zeroed units", series), legend, says)


def detectors(section: DissectionSection) -> list[DissectedUnit]:
    """The units with the highest IoU, for the page."""
    return sorted(section.units, key=lambda unit: -unit.iou)[:_LISTED]

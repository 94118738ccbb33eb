"""The report's part of similarity: σ of every layer for each target → how alike the rankings are."""

from collections.abc import Mapping, Sequence

import numpy as np

from openapi.analyses.similarity import LayerSimilarity, SimilarityOptions, SimilaritySection
from openapi.report import Report
from workers.neurons.chance import indel_chance, jaccard_chance, levenshtein_chance
from workers.neurons.ranking import sensitivity, top_count, top_neurons
from workers.neurons.similarity import average_pair_levenshtein, total_jaccard
from workers.neurons.sums import SensitivitySums, merge_sums
from workers.reports.analyses.base import Found, Merged, View
from workers.reports.analyses.importance import targeted
from workers.reports.figures import Figure
from workers.reports.svg import Series, accuracy_chart


def merge(options: SimilarityOptions, found: Found) -> Merged:
    """Merge the sums of each target exactly and compare the targets' rankings, layer by layer."""
    sums = {target: merge_sums([part.sums for part in parts]) for target, parts in targeted(found).items()}
    reached = {target: total for target, total in sums.items() if total.n}
    if len(reached) < 2:
        return Merged(None, f"{len(reached)} of {len(sums)} targets were reached, and two at least are compared")
    names = next(iter(reached.values())).names
    layers = tuple(
        _layer(layer.name, reached, options.fraction) for layer in found.params.model.layers if layer.name in names
    )
    return Merged(
        SimilaritySection(targets=tuple(reached), layers=layers),
        f"{len(reached)} targets compared in {len(layers)} layers; Jaccard {_mean(layers, 'jaccard'):.2f} on average "
        f"(by chance {_mean(layers, 'jaccard_chance'):.2f})",
        {"targets": len(reached), "layers": len(layers)},
    )


def _mean(layers: Sequence[LayerSimilarity], field: str) -> float:
    return float(np.mean([getattr(layer, field) for layer in layers]))


def _layer(name: str, sums: Mapping[int, SensitivitySums], fraction: float) -> LayerSimilarity:
    sigma = [sensitivity(total.layer(name)) for total in sums.values()]
    neurons, targets = len(sigma[0]), len(sigma)
    k = top_count(neurons, fraction)
    rankings = [top_neurons(values, fraction).tolist() for values in sigma]
    return LayerSimilarity(
        name=name,
        neurons=neurons,
        k=k,
        levenshtein=average_pair_levenshtein(rankings),
        # The mean over pairs has the level of one pair.
        levenshtein_chance=levenshtein_chance(neurons, k).value,
        levenshtein_indel=average_pair_levenshtein(rankings, "indel"),
        levenshtein_indel_chance=indel_chance(neurons, k).value,
        jaccard=total_jaccard(rankings),
        jaccard_chance=jaccard_chance(neurons, k, targets).value,
    )


def view(section: SimilaritySection, report: Report) -> View:
    """Similarity against depth beside chance, both measures."""
    return {
        "charts": [
            _figure("Levenshtein (indel)", section.layers, "levenshtein_indel", _PAIRS),
            _figure("Jaccard", section.layers, "jaccard", _TOTAL),
        ]
    }


_PAIRS = (
    "How alike the order of the most sensitive neurons is between two targets, on average over all pairs. Early layers "
    "are the more alike in most networks; a line that lies on chance everywhere, or rises towards the end, is unusual."
)
_TOTAL = (
    "The share of the most sensitive neurons that all targets have in common. It falls with depth in most networks; 1"
    " in the last layers is unusual: then one group of neurons carries every attack."
)


def _figure(title: str, layers: Sequence[LayerSimilarity], measure: str, says: str) -> Figure:
    lines = [
        Series(name, [(float(i), getattr(layer, field)) for i, layer in enumerate(layers, 1)], tone)
        for name, field, tone in (("measured", measure, 1), ("by chance", f"{measure}_chance", 0))
    ]
    drawing = accuracy_chart(f"{title} similarity across targets, by layer", "layer, in order of execution", lines)
    return Figure(f"{title} across targets", drawing, [(line.name, line.tone) for line in lines], says)

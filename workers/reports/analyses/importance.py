"""The report's part of importance: votes, φ and σ of all slices → a row a target, beside what chance gives."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from pathlib import Path

import numpy as np

from openapi.analyses.importance import (
    AimedPairs,
    ImportanceChance,
    ImportanceOptions,
    ImportanceSection,
    MeanImportance,
    TargetedAttack,
    TargetedFile,
    TargetedValue,
    TargetImportance,
)
from openapi.base import as_written
from openapi.intervals import Z95
from openapi.report import Report
from workers.neurons.chance import indel_chance, levenshtein_chance
from workers.neurons.exact import ExactSum, Floats, Ints
from workers.neurons.importance import important_for_set, spearman
from workers.neurons.ranking import rank
from workers.neurons.similarity import levenshtein_similarity
from workers.neurons.sums import SensitivitySums
from workers.reports.analyses.base import Found, Merged, Output, View
from workers.reports.figures import Figure
from workers.reports.formatting import class_text
from workers.reports.kept_arrays import join_npz
from workers.reports.plots import bars_or_histogram, scatter
from workers.reports.svg import Series, accuracy_chart


@dataclass(frozen=True)
class Target:
    """Everything about one target: pairs, votes (neurons,), and the means of φ and σ over the pairs, (neurons,)."""

    target: int
    tried: int
    n: int
    votes: Ints
    phi: Floats
    sigma: Floats


@dataclass(frozen=True)
class Part:
    """What one slice tells of one target. files: of the step, in which those of the i-th target are its own."""

    value: TargetedValue
    aimed: AimedPairs
    i: int
    files: Mapping[str, Path]

    def file(self, which: TargetedFile) -> Path | None:
        """One of the target's files."""
        return self.files.get(which.of_target(self.i))

    @property
    def sums(self) -> SensitivitySums:
        """σ of every layer over the pairs."""
        return SensitivitySums.load(self.files[TargetedFile.SUMS.of_target(self.i)])


def targeted(found: Found) -> dict[int, list[Part]]:
    """Target → what its slices tell, in order."""
    parts: defaultdict[int, list[Part]] = defaultdict(list)
    for result in found.of("targeted"):
        value = result.value
        assert isinstance(value, TargetedValue)
        first = AimedPairs(target=result.at[0], tried=value.tried, n=value.n)
        for i, aimed in enumerate((first, *value.more)):
            parts[aimed.target].append(Part(value, aimed, i, result.files))
    return dict(sorted(parts.items()))


def totals(found: Found) -> list[Target]:
    """The slices of each target, added up exactly; empty where the penultimate neurons are not known."""
    merged = []
    for target, parts in targeted(found).items():
        if any(part.value.missing is not None for part in parts):
            return []
        votes, phi, sigma = np.zeros(parts[0].value.neurons, np.int64), ExactSum(), ExactSum()
        for part in parts:
            with np.load(part.files[TargetedFile.TOTALS.of_target(part.i)], allow_pickle=False) as arrays:
                votes = votes + arrays["votes"]
                phi.merge(ExactSum.of(arrays["phi"]))
                sigma.merge(ExactSum.of(arrays["sigma"]))
        n = sum(part.aimed.n for part in parts)
        means = [np.zeros(len(votes)) if s.value is None else s.value / max(n, 1) for s in (phi, sigma)]
        merged.append(Target(target, sum(part.aimed.tried for part in parts), n, votes, *means))
    return merged


def merge(options: ImportanceOptions, found: Found) -> Merged:
    """Compare the important with the sensitive neurons of each target."""
    targets = totals(found)
    first = found.of("targeted")[0].value
    if not targets or not isinstance(first, TargetedValue):
        return Merged(None, getattr(first, "missing", None) or "the network has no last layer")
    neurons, reached = first.neurons, [t for t in targets if t.n]
    k = min(options.k, neurons)
    rows = tuple(_row(t, k) for t in targets)
    section = ImportanceSection(
        layer=first.layer or "",
        neurons=neurons,
        k=k,
        attack=TargetedAttack(
            name="pgd", eps=options.eps or found.options.eps, steps=options.steps or found.options.steps
        ),
        targets=rows,
        mean=MeanImportance(
            spearman=_mean([r.spearman for r in rows]),
            levenshtein=_mean([r.levenshtein for r in rows]),
            levenshtein_indel=_mean([r.levenshtein_indel for r in rows]),
        ),
        chance=ImportanceChance(
            spearman_sd=1 / sqrt(neurons - 1) if neurons > 1 else None,
            levenshtein=levenshtein_chance(neurons, k).value,
            levenshtein_indel=indel_chance(neurons, k).value,
        ),
        contribution=_over_targets([t.phi for t in reached], neurons),
        sensitivity=_over_targets([t.sigma for t in reached], neurons),
    )
    pairs = sum(t.n for t in targets)
    detail = f"{len(reached)} of {len(targets)} targets reached, by {pairs} of {sum(t.tried for t in targets)} examples"
    if section.mean.spearman is not None and section.chance.spearman_sd is not None:
        detail += f"; mean rank correlation with sensitivity {section.mean.spearman:.2f}"
        detail += f" (by chance 0 ± {section.chance.spearman_sd:.2f})"
    return Merged(section, detail, {"targets": len(targets), "reached": len(reached), "pairs": pairs})


def _row(t: Target, k: int) -> TargetImportance:
    if not t.n:
        nothing = dict.fromkeys(("important", "sensitive", "spearman", "levenshtein", "levenshtein_indel"))
        return TargetImportance(target=t.target, tried=t.tried, n=0, **nothing)
    important = important_for_set(t.votes, k).tolist()
    sensitive = rank(t.sigma)[:k].tolist()
    return TargetImportance(
        target=t.target,
        tried=t.tried,
        n=t.n,
        important=tuple(important),
        sensitive=tuple(sensitive),
        spearman=spearman(t.sigma, t.phi),
        levenshtein=levenshtein_similarity(important, sensitive),
        levenshtein_indel=levenshtein_similarity(important, sensitive, "indel"),
    )


def _mean(values: Sequence[float | None]) -> float | None:
    there = [value for value in values if value is not None]
    return float(np.mean(there)) if there else None


def _over_targets(values: Sequence[Floats], neurons: int) -> tuple[float, ...]:
    return tuple(np.mean(values, axis=0).tolist()) if values else (0.0,) * neurons


def keep(options: ImportanceOptions, found: Found, output: Output) -> None:
    """The artifact `importance`, a row a target; and the kept pairs of all targets, `targeted_pairs`."""
    targets = totals(found)
    if targets:
        np.savez(
            output("importance", "importance.npz", "importance", "npz"),
            targets=np.array([t.target for t in targets]),
            tried=np.array([t.tried for t in targets]),
            n=np.array([t.n for t in targets]),
            phi=np.stack([t.phi for t in targets]),
            sensitivity=np.stack([t.sigma for t in targets]),
        )
    files = [part.file(TargetedFile.PAIRS) for of_target in targeted(found).values() for part in of_target]
    parts = [path for path in files if path is not None]
    if parts:
        target = output("targeted_pairs", "targeted-pairs.npz", "targeted_pairs", "npz")
        join_npz(parts, ("x_adv", "index", "target"), target)


def view(section: ImportanceSection, report: Report) -> View:
    """Class names of the targets, and σ against φ over the neurons in the order of φ."""
    names = report.model.labels
    classes = [class_text(row.target, names) for row in section.targets]
    reached = any(row.n for row in section.targets)
    charts = [*_by_target(section, classes), _scatter(section), _found_early(section)] if reached else []
    return {"eps": as_written(section.attack.eps), "classes": classes, "charts": charts}


def _by_target(section: ImportanceSection, classes: Sequence[str]) -> list[Figure]:
    """SNS, Figs 2 and 3: how sensitivity agrees with importance, target by target."""
    sd, level = section.chance.spearman_sd, section.chance.levenshtein
    found = []
    for title, values, chance, says in (
        (
            "Rank correlation of sensitivity and contribution",
            [row.spearman for row in section.targets],
            None if sd is None else (-Z95 * sd, Z95 * sd),
            "Whether the neurons that move most are those that argue most for the target, by Spearman over all of "
            "them; the grey band is what chance gives. Bars inside the band, or below 0, are unusual.",
        ),
        (
            f"Similarity of the first {section.k} of both lists",
            [row.levenshtein for row in section.targets],
            None if level is None else (level, level),
            "Levenshtein similarity of the most important and the most sensitive neurons, with the grey line where "
            "two random lists are. Bars at the line are unusual: then the lists have little in common.",
        ),
    ):
        drawing = bars_or_histogram(title, "target class", classes, values, chance)
        found.append(Figure(title, drawing, [("by chance", 0)], says))
    return found


def _scatter(section: ImportanceSection) -> Figure:
    """σ against φ, a point a neuron; those among the first k by both are marked."""
    important = set(rank(np.array(section.contribution))[: section.k].tolist())
    sensitive = set(rank(np.array(section.sensitivity))[: section.k].tolist())
    points = list(zip(section.contribution, section.sensitivity, strict=True))
    tones = [2 if m in important & sensitive else 1 for m in range(len(points))]
    title = "Sensitivity against contribution"
    says = (
        "Each point is a neuron before the last layer: to the right it argues for the targets, upwards it moves under"
        " attack. A cloud that rises to the right is usual; neurons far up on the left move much and decide nothing."
    )
    legend = [(f"among the first {section.k} by both", 2), ("other neurons", 1)]
    return Figure(title, scatter(title, "mean contribution φ (upwards: σ)", points, tones), legend, says, "points")


def _found_early(section: ImportanceSection) -> Figure:
    """Share of the k most sensitive neurons found among the first by contribution: above the diagonal is agreement."""
    order = rank(np.array(section.contribution))
    sensitive = set(rank(np.array(section.sensitivity))[: section.k].tolist())
    hits = np.cumsum([int(m) in sensitive for m in order.tolist()]) / section.k
    stride = max(1, len(order) // 120)
    points = [(0.0, 0.0), *((float(i + 1), float(hits[i])) for i in range(0, len(order), stride))]
    points.append((float(len(order)), float(hits[-1])))
    lines = [Series("measured", points, 1), Series("by chance", [(0.0, 0.0), (float(len(order)), 1.0)], 0)]
    title = f"Share of the {section.k} most sensitive among the most contributing"
    says = (
        "How soon the sensitive neurons are met when one goes through all of them by contribution. Below the dashed "
        "line is unusual."
    )
    drawing = accuracy_chart(title, "neurons, by mean contribution", lines)
    return Figure(title, drawing, [(line.name, line.tone) for line in lines], says)

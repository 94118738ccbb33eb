"""The report's part of explanations: samples of all slices, their means with intervals, and scores by quantile."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from openapi.analyses.explain import (
    ExplainedSample,
    ExplainFile,
    ExplainOptions,
    ExplainSection,
    ExplainValue,
    Interpretability,
    RefinedMean,
    Score,
    ScoreCurve,
    ShareIntervals,
    Shares,
)
from openapi.report import Report
from workers.explain.shares import QUANTILES
from workers.reports.analyses.base import Found, Merged, Output
from workers.reports.formatting import class_text
from workers.reports.intervals import Z95
from workers.reports.kept_arrays import join_npz
from workers.reports.svg import Series, series_chart

_LISTED = 12
_KINDS = ("suppression", "balanced", "promotion", "negligible")


def merge(options: ExplainOptions, found: Found) -> Merged:
    """Put the slices together."""
    values = [r.value for r in found.of("explain") if isinstance(r.value, ExplainValue)]
    samples, tried = _samples(found), sum(value.tried for value in values)
    if not samples:
        return Merged(None, f"none of {tried} examples of {options.attack.name} fools the model")
    first = values[0]
    groups = _group_count(found)
    section = ExplainSection(
        attack=options.attack,
        grid=first.grid,
        kappa=options.kappa,
        map=first.map,
        quantile=options.quantile,
        tried=tried,
        n=len(samples),
        sparsity=1 - float(np.mean([s.groups for s in samples])) / groups,
        shares=Shares(**{kind: float(np.mean([getattr(s.shares, kind) for s in samples])) for kind in _KINDS}),
        intervals=ShareIntervals(**{kind: _interval(samples, kind) for kind in _KINDS}),
        interpretability=_interpretability(samples),
        curve=_curve(found) if first.map is not None else None,
        refinement=_refinement(samples),
        samples=tuple(samples),
    )
    detail = f"{len(samples)} of {tried} examples explained"
    if first.missing is not None:
        detail += f"; no maps: {first.missing}"
    return Merged(section, detail, {"explained": len(samples), "tried": tried})


def _samples(found: Found) -> list[ExplainedSample]:
    lines = (r.files[ExplainFile.ROWS].read_text(encoding="utf-8").splitlines() for r in found.of("explain"))
    return [ExplainedSample.model_validate_json(line) for part in lines for line in part]


def _group_count(found: Found) -> int:
    """Groups of an image."""
    for result in found.of("explain"):
        with np.load(result.files[ExplainFile.ARRAYS], allow_pickle=False) as arrays:
            touched = arrays["touched"]
            if len(touched):
                return int(touched[0].size)
    return 1


def _interval(samples: Sequence[ExplainedSample], kind: str) -> tuple[float, float]:
    """95 % of a mean over images, by the normal distribution, within [0, 1]; all of it for a single image."""
    values = np.array([getattr(s.shares, kind) for s in samples])
    if len(values) < 2:
        return 0.0, 1.0
    half = Z95 * float(values.std(ddof=1)) / len(values) ** 0.5
    centre = float(values.mean())
    return max(0.0, centre - half), min(1.0, centre + half)


def _interpretability(samples: Sequence[ExplainedSample]) -> Interpretability | None:
    there = [s.interpretability for s in samples if s.interpretability is not None]
    if not there:
        return None
    true, target = (
        Score(
            score=float(np.mean([getattr(i, which).score for i in there])),
            chance=float(np.mean([getattr(i, which).chance for i in there])),
        )
        for which in ("true", "target")
    )
    return Interpretability(true=true, target=target)


def _curve(found: Found) -> ScoreCurve:
    scores, chances = [], []
    for result in found.of("explain"):
        with np.load(result.files[ExplainFile.ARRAYS], allow_pickle=False) as arrays:
            if len(arrays["index"]):
                scores.append(arrays["score"])
                chances.append(arrays["chance"])
    score, chance = (np.concatenate(parts).mean(0)[:, :-1] for parts in (scores, chances))
    return ScoreCurve(
        quantiles=QUANTILES,
        true=tuple(score[0].tolist()),
        true_chance=tuple(chance[0].tolist()),
        target=tuple(score[1].tolist()),
        target_chance=tuple(chance[1].tolist()),
    )


def _refinement(samples: Sequence[ExplainedSample]) -> RefinedMean | None:
    there = [s.refinement for s in samples if s.refinement is not None]
    if not there:
        return None
    before, after, success = (float(np.mean([getattr(r, f) for r in there])) for f in ("before", "after", "success"))
    return RefinedMean(n=len(there), before=before, after=after, success=success)


def keep(options: ExplainOptions, found: Found, output: Output) -> None:
    """The artifact `explanations`: the slices' arrays."""
    parts = [result.files[ExplainFile.ARRAYS] for result in found.of("explain")]
    if parts:
        with np.load(parts[0], allow_pickle=False) as arrays:
            keys = list(arrays.files)
        join_npz(parts, keys, output("explanations", "explanations.npz", "explanations", "npz"))


def view(section: ExplainSection, report: Report) -> dict[str, Any]:
    """Scores against the quantile, and the first samples."""
    charts = []
    if section.curve is not None:
        curve = section.curve
        lines = [
            Series(name, [(q, v) for q, v in zip(curve.quantiles, values, strict=True)], tone)
            for tone, (name, values) in enumerate(
                (
                    ("true class", curve.true),
                    ("target", curve.target),
                    ("true class, by chance", curve.true_chance),
                    ("target, by chance", curve.target_chance),
                ),
                1,
            )
        ]
        title = "Interpretability score against the quantile"
        charts.append(
            {
                "title": title,
                "svg": series_chart(title, "quantile of the map", lines),
                "legend": [(line.name, line.tone) for line in lines],
            }
        )
    names = report.model.labels
    return {
        "charts": charts,
        "attack": section.attack.facts.label,
        "kinds": [(kind, getattr(section.shares, kind), getattr(section.intervals, kind)) for kind in _KINDS],
        "samples": [
            {
                **s.model_dump(mode="json"),
                "label": class_text(s.label, names),
                "target": class_text(s.target, names),
            }
            for s in section.samples[:_LISTED]
        ],
    }

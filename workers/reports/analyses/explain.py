"""The report's part of explanations: samples of all slices, their means with intervals, and scores by quantile."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from openapi.analyses.explain import (
    CommonImages,
    ExplainedAttack,
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
from openapi.attack_ids import attack_ids
from openapi.attacks import AttackSpec
from openapi.intervals import Z95
from openapi.report import Report
from workers.explain.shares import QUANTILES
from workers.reports.analyses import explain_units
from workers.reports.analyses.base import Found, Merged, Output, Result, View
from workers.reports.analyses.explain_figures import by_attack, scores
from workers.reports.formatting import attack_text, class_text
from workers.reports.kept_arrays import join_npz
from workers.reports.sheets import of_examples

_LISTED = 12
_KINDS = ("suppression", "balanced", "promotion", "negligible")


def merge(options: ExplainOptions, found: Found) -> Merged:
    """Put the slices together."""
    parts = _by_attack(found)
    if not parts:
        return Merged(None, "it left no result")
    samples, tried = _samples(parts[0]), _tried(parts[0])
    first = next(r.value for r in parts[0] if isinstance(r.value, ExplainValue))
    units = _units(options, found)
    attacks = _compared((options.attack, *options.compare), [parts[i] for i in sorted(parts)])
    if not any(attack.n for attack in attacks) and not any(part for part, _ in units.values()):
        return Merged(None, _nobody(attacks))
    section = ExplainSection(
        attack=options.attack,
        grid=first.grid,
        kappa=options.kappa,
        map=first.map,
        quantile=options.quantile,
        tried=tried,
        n=len(samples),
        sparsity=attacks[0].sparsity,
        shares=attacks[0].shares,
        intervals=attacks[0].intervals,
        interpretability=attacks[0].interpretability,
        curve=_curve(parts[0]) if samples and first.map is not None else None,
        refinement=attacks[0].refinement,
        samples=tuple(samples),
        attacks=attacks,
        common=len(_common([_samples(part) for part in parts.values()])),
        **{name: part for name, (part, _) in units.items()},
    )
    detail = f"{len(samples)} of {tried} examples explained" if samples else _nobody(attacks[:1])
    if first.missing is not None:
        detail += f"; no maps: {first.missing}"
    detail += "".join(f"; {name}: {text}" for name, (_, text) in units.items())
    absent = {name: (found.params.left_out or {}).get(f"explain.{name}") for name in ("masking", "dissection")}
    detail += "".join(f"; {name} left out: {why}" for name, why in absent.items() if why is not None)
    return Merged(section, detail, {"explained": len(samples), "tried": tried})


def _nobody(attacks: Sequence[ExplainedAttack]) -> str:
    """Of attacks without a success."""
    told = (f"none of {attack.tried} examples of {attack.attack.name} fools the model" for attack in attacks)
    return "; ".join(told)


def _units(options: ExplainOptions, found: Found) -> dict[str, tuple[Any, str]]:
    """What was asked for of the units: the section or None, and what the check says of it."""
    asked: dict[str, tuple[Any, str]] = {}
    if options.masking is not None:
        asked["masking"] = explain_units.masking(options.masking, found)
    if options.dissection is not None:
        asked["dissection"] = explain_units.dissection(options.dissection, found)
    return asked


def _by_attack(found: Found) -> dict[int, list[Result]]:
    """The slices of `attack` (0) and of each attack that is compared with it."""
    parts: dict[int, list[Result]] = {}
    for result in found.of("explain"):
        parts.setdefault(result.at[1] if len(result.at) > 1 else 0, []).append(result)
    return parts


def _compared(specs: Sequence[AttackSpec], parts: Sequence[Sequence[Result]]) -> tuple[ExplainedAttack, ...]:
    """Each attack over its own successes, and over the images that all of them fool."""
    lists = [_samples(part) for part in parts]
    common = _common(lists)
    return tuple(
        _attack(name, spec, _tried(part), samples, _group_count(part), common)
        for name, spec, part, samples in zip(attack_ids(specs), specs, parts, lists, strict=True)
    )


def _common(lists: Sequence[Sequence[ExplainedSample]]) -> set[int]:
    """The images that all of some attacks fool, but for attacks that fool none."""
    fooled = [{s.index for s in samples} for samples in lists if samples]
    return set.intersection(*fooled) if fooled else set()


def _attack(
    name: str, spec: AttackSpec, tried: int, samples: Sequence[ExplainedSample], groups: int, common: set[int]
) -> ExplainedAttack:
    shared = [s for s in samples if s.index in common]
    return ExplainedAttack(
        id=name,
        attack=spec,
        tried=tried,
        n=len(samples),
        success_rate=len(samples) / tried if tried else 0.0,
        l2=_mean(s.l2 for s in samples) if samples else None,
        sparsity=_sparsity(samples, groups) if samples else None,
        shares=_shares(samples) if samples else None,
        intervals=_intervals(samples) if samples else None,
        interpretability=_interpretability(samples),
        refinement=_refinement(samples),
        common=CommonImages(l2=_mean(s.l2 for s in shared), sparsity=_sparsity(shared, groups), shares=_shares(shared))
        if shared
        else None,
    )


def _tried(part: Sequence[Result]) -> int:
    return sum(r.value.tried for r in part if isinstance(r.value, ExplainValue))


def _samples(part: Sequence[Result]) -> list[ExplainedSample]:
    lines = (r.files[ExplainFile.ROWS].read_text(encoding="utf-8").splitlines() for r in part)
    return [ExplainedSample.model_validate_json(line) for lines_of in lines for line in lines_of]


def _group_count(part: Sequence[Result]) -> int:
    """Groups of an image."""
    for result in part:
        with np.load(result.files[ExplainFile.ARRAYS], allow_pickle=False) as arrays:
            touched = arrays["touched"]
            if len(touched):
                return int(touched[0].size)
    return 1


def _mean(values: Iterable[float]) -> float:
    return float(np.mean([*values]))


def _sparsity(samples: Sequence[ExplainedSample], groups: int) -> float:
    return 1 - _mean(s.groups for s in samples) / groups


def _shares(samples: Sequence[ExplainedSample]) -> Shares:
    return Shares(**{kind: _mean(getattr(s.shares, kind) for s in samples) for kind in _KINDS})


def _intervals(samples: Sequence[ExplainedSample]) -> ShareIntervals:
    return ShareIntervals(**{kind: _interval(samples, kind) for kind in _KINDS})


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


def _curve(part: Sequence[Result]) -> ScoreCurve:
    scores, chances = [], []
    for result in part:
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
    """The artifacts `explanations`: the slices' arrays, a file an attack; those that are compared have its id in their
    name."""
    names = attack_ids((options.attack, *options.compare))
    for i, results in _by_attack(found).items():
        paths = [result.files[ExplainFile.ARRAYS] for result in results]
        with np.load(paths[0], allow_pickle=False) as arrays:
            keys = list(arrays.files)
        key, name = (f"explanations_{i}", f"explanations-{names[i]}.npz") if i else ("explanations", "explanations.npz")
        join_npz(paths, keys, output(key, name, "explanations", "npz"))


def view(section: ExplainSection, report: Report) -> View:
    """Scores against the quantile, and the first samples."""
    there = section.n or any(attack.n for attack in section.attacks)
    charts = ([by_attack(section)] if there else []) + ([scores(section.curve)] if section.curve is not None else [])
    if section.masking is not None:
        charts.append(explain_units.masking_figure(section.masking))
    names = report.model.labels
    return {
        "charts": charts,
        "attack": section.attack.facts.label,
        "units": [] if section.dissection is None else explain_units.detectors(section.dissection),
        "compared": [_row(a) for a in section.attacks] if len(section.attacks) > 1 else [],
        "all_fool": all(attack.n for attack in section.attacks),
        "kinds": [(kind, getattr(section.shares, kind), getattr(section.intervals, kind)) for kind in _KINDS]
        if section.n
        else [],
        "samples": [
            {
                **s.model_dump(mode="json"),
                "label": class_text(s.label, names),
                "target": class_text(s.target, names),
            }
            for s in section.samples[:_LISTED]
        ],
    }


def _row(attack: ExplainedAttack) -> View:
    return {**attack.model_dump(mode="json"), "label": attack_text(attack.attack.name, attack.attack.model_dump())}


def pictures(section: ExplainSection, files: Mapping[str, Path]) -> View:
    """Sheets of single images."""
    return {"sheets": of_examples(files)}

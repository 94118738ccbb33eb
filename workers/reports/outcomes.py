"""Tables of outcomes → the report's numbers: clean accuracy, every attack, the worst case of every threat model."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from openapi.attacks.base import Attack
from openapi.intervals import wilson
from openapi.report import AttackReport, ClassCount, ClassReport, Clean, Distance, Histogram, Targeted, WorstCase
from openapi.threat_models import families
from workers.reports.merge import AttackTable


def clean_report(tables: Sequence[AttackTable]) -> Clean:
    """Clean accuracy. A sample counts when every attack's own clean pass got it right (they differ only for randomised
    models)."""
    correct = np.logical_and.reduce([t.correct for t in tables])
    n, hits = len(correct), int(correct.sum())
    return Clean(
        accuracy=hits / n,
        correct=hits,
        n=n,
        ci95=wilson(hits, n),
        by_class=_by_class(tables[0].label, correct, correct),
    )


def attack_report(table: AttackTable, num_classes: int, names: Sequence[str] | None = None) -> AttackReport:
    """One attack: robust accuracy with its interval, success rate, distances of the successes, cost."""
    robust, n = int(table.robust.sum()), table.n
    attacked, fooled = int(table.attacked.sum()), int(table.success.sum())
    params = table.spec.model_dump(mode="json", by_alias=True, exclude={"name", "id"})
    return AttackReport(
        id=table.id,
        name=table.spec.name,
        threat_model=str(table.spec.threat_model),
        threat=table.spec.threat_model,
        params=params,
        robust_accuracy=robust / n,
        robust=robust,
        n=n,
        ci95=wilson(robust, n),
        success_rate=fooled / attacked if attacked else None,
        distance=_distance(table),
        forward_passes=table.forward_passes / max(1, attacked),
        backward_passes=table.backward_passes / max(1, attacked),
        seconds=table.seconds,
        figures={**table.extras, "attacked": attacked, "successes": fooled, **_confusions(table, num_classes)},
        by_class=_by_class(table.label, table.correct, table.robust),
        queries=_queries(table),
        targeted=_targeted(table, names),
        atlas=table.spec.facts.atlas,
    )


def _targeted(table: AttackTable, names: Sequence[str] | None) -> Targeted | None:
    """How often the chosen class was reached, over the samples of other classes that were attacked."""
    if table.target is None:
        return None
    n, reached = int(table.attacked.sum()), int(table.reached.sum())
    return Targeted(
        target=table.target,
        name=names[table.target] if names and table.target < len(names) else None,
        reached=reached,
        n=n,
        success_rate=reached / n if n else None,
        ci95=wilson(reached, n) if n else None,
    )


def worst_cases(tables: Sequence[AttackTable]) -> tuple[WorstCase, ...]:
    """Per threat model: a sample is robust only if it is correct and no attack of that threat model fooled it."""
    found = []
    for threat, positions in families([t.spec for t in tables]).items():
        members = [tables[i] for i in positions]
        robust = int(np.logical_and.reduce([t.robust for t in members]).sum())
        n = members[0].n
        found.append(
            WorstCase(
                threat_model=str(threat),
                threat=threat,
                robust_accuracy=robust / n,
                robust=robust,
                n=n,
                ci95=wilson(robust, n),
                attacks=tuple(t.id for t in members),
            )
        )
    return tuple(found)


def class_reports(tables: Sequence[AttackTable], names: Sequence[str] | None) -> tuple[ClassReport, ...]:
    """Every class that has samples, in the worst case over the bounded threat models."""
    label, correct = tables[0].label, np.logical_and.reduce([t.correct for t in tables])
    limited = [t for t in tables if t.spec.threat_model.untargeted.bounded] or tables
    robust = np.logical_and.reduce([t.robust for t in limited])
    found = []
    for c in np.unique(label).tolist():
        of_class = label == c
        n, right, left = int(of_class.sum()), int(correct[of_class].sum()), int((robust & correct)[of_class].sum())
        found.append(
            ClassReport(
                label=c,
                name=names[c] if names and c < len(names) else None,
                n=n,
                correct=right,
                accuracy=right / n,
                robust=left,
                robust_accuracy=left / n,
                ci95=wilson(left, n),
            )
        )
    return tuple(found)


def measured_norm(spec: Attack, norm: str | None) -> str:
    """The norm that an attack's distances are in; `norm` is what its shards say."""
    return norm or spec.measured_norm


def _distance(table: AttackTable) -> Distance:
    norm = measured_norm(table.spec, table.norm)
    values = table.distance[table.success & np.isfinite(table.distance)]
    if not len(values):
        return Distance(norm=norm, mean=None, median=None, max=None)
    return Distance(
        norm=norm,
        mean=float(values.mean()),
        median=float(np.median(values)),
        max=float(values.max()),
        histogram=_histogram(values),
    )


def _histogram(values: npt.NDArray[np.float64], bins: int = 24) -> Histogram:
    high = float(values.max()) or 1.0
    counts, edges = np.histogram(values, bins=bins, range=(0.0, high))
    return Histogram(edges=tuple(float(e) for e in edges), counts=tuple(int(c) for c in counts))


def _by_class(
    label: npt.NDArray[np.int64], correct: npt.NDArray[np.bool_], robust: npt.NDArray[np.bool_]
) -> tuple[ClassCount, ...]:
    return tuple(
        ClassCount(
            label=int(c),
            n=int((label == c).sum()),
            correct=int(correct[label == c].sum()),
            robust=int(robust[label == c].sum()),
            robust_accuracy=float(robust[label == c].mean()),
        )
        for c in np.unique(label)
    )


def _confusions(table: AttackTable, num_classes: int, most: int = 10) -> dict[str, list[list[int]]]:
    """The commonest ways to be fooled: ``[true class, class after the attack, samples]``."""
    true, after = table.label[table.success], table.adv_predicted[table.success]
    codes, counts = np.unique(true * np.int64(num_classes) + after, return_counts=True)
    order = np.lexsort((codes, -counts))[:most]
    ways = [[int(codes[i] // num_classes), int(codes[i] % num_classes), int(counts[i])] for i in order]
    return {"confusions": ways}


def _queries(table: AttackTable) -> dict[str, float | int | None] | None:
    if not (table.queries[table.attacked] >= 0).any():
        return None
    spent = table.queries[table.success]
    if not len(spent):
        return {"mean": None, "median": None, "max": None}
    return {"mean": float(spent.mean()), "median": float(np.median(spent)), "max": int(spent.max())}

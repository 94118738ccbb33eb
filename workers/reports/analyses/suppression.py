"""The report's part of suppression: outcomes of all slices → curves over β, and whether sensitive neurons cost more."""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from openapi.analyses.suppression import (
    Ranking,
    SuppressedFile,
    SuppressionOptions,
    SuppressionPoint,
    SuppressionSection,
)
from openapi.attack_ids import attack_ids
from openapi.attacks import ATTACK_ADAPTER
from openapi.base import JsonObject
from openapi.intervals import wilson
from openapi.report import Check, Report
from openapi.text import counted
from workers.reports.analyses.base import Found, Merged, Result, View
from workers.reports.figures import Figure
from workers.reports.formatting import attack_text
from workers.reports.svg import Series, accuracy_chart

Bools = npt.NDArray[np.bool_]

#: What the neurons are called that a ranking chooses.
CHOSEN: dict[Ranking, str] = {
    "sensitivity": "sensitive neurons",
    "ratio": "neurons of the largest ratio",
    "importance": "important neurons",
    "conductance": "neurons of the largest conductance",
    "random": "neurons drawn first",
}


def merge(options: SuppressionOptions, found: Found) -> Merged:
    """Join the slices of each group, in the order of the samples, and count."""
    groups = _groups(found.of("suppressed"), options)
    names = list(attack_ids(options.attacks))
    n = groups[0][0].shape[1]
    points = tuple(
        SuppressionPoint(
            group="control" if group else "sensitive",
            repeat=max(0, group - 1),
            beta=beta,
            clean_accuracy=float(clean[b].mean()),
            robust_accuracy={name: float(robust[a, b].mean()) for a, name in enumerate(names)},
        )
        for group, (clean, robust) in groups.items()
        for b, beta in enumerate(options.betas)
    )
    attacks = {
        name: spec.model_dump(mode="json", by_alias=True, exclude={"id"})
        for name, spec in zip(names, options.attacks, strict=True)
    }
    section = SuppressionSection(
        fraction=options.fraction, ranking=options.ranking, n=n, attacks=attacks, points=points
    )
    detail = f"{counted(len(options.betas), 'value')} of beta, {counted(options.repeats, 'control')}, "
    detail += f"{counted(n, 'image')}, {counted(len(names), 'attack')}"
    return Merged(section, detail, {"images": n}, checks=_test(options, groups))


def _groups(results: Sequence[Result], options: SuppressionOptions) -> dict[int, tuple[Bools, Bools]]:
    """Group → clean (betas, n) and robust (attacks, betas, n) of all slices, at every beta.

    Only the first group was run at β = 1, where all are the same network.
    """
    parts: defaultdict[int, list[Result]] = defaultdict(list)
    for result in results:
        parts[result.at[0]].append(result)
    first = _joined(parts[0])
    groups = {0: first}
    lower = np.array([beta != 1 for beta in options.betas])
    for group in range(1, options.repeats + 1):
        clean, robust = (values.copy() for values in first)
        if lower.any():
            clean[lower], robust[:, lower] = _joined(parts[group])
        groups[group] = clean, robust
    return groups


def _joined(slices: Sequence[Result]) -> tuple[Bools, Bools]:
    """The outcomes of one group in the order of the samples."""
    arrays = [np.load(part.files[SuppressedFile.OUTCOMES], allow_pickle=False) for part in slices]
    clean, robust = (np.concatenate([one[name] for one in arrays], -1) for name in ("clean", "robust"))
    return clean, robust


def _test(options: SuppressionOptions, groups: dict[int, tuple[Bools, Bools]]) -> tuple[Check, ...]:
    """Sensitive neurons against random ones, image by image; β = 1 is the same network for all and left out."""
    lower = np.array([beta < 1 for beta in options.betas])
    if not lower.any():
        return ()
    kept = [np.concatenate([clean[None], robust])[:, lower].mean((0, 1)) for clean, robust in groups.values()]
    loss = np.mean(kept[1:], axis=0) - kept[0]
    from scipy.stats import wilcoxon

    p = float(wilcoxon(loss, alternative="greater").pvalue) if np.any(loss != 0) else 1.0
    cost = float(loss.mean())
    word = "do" if p < 0.05 else "do not"
    return (
        Check(
            id="neurons.suppression.sensitive_cost_more",
            title=f"{CHOSEN[options.ranking].capitalize()} beside random ones: which cost more?",
            status="pass",
            detail=f"they {word}: {cost:+.4f} in accuracy over all betas below 1 and attacks (p = {p:.3g}, Wilcoxon, "
            f"one-sided, n = {len(loss)})",
            numbers={"difference": cost, "p": p, "n": len(loss)},
        ),
    )


def title(section: SuppressionSection) -> str:
    """What was turned down."""
    after = "SNS, Fig. 9" if section.ranking == "sensitivity" else "after SNS, Fig. 9"
    return f"Suppression of {CHOSEN[section.ranking]} ({after})"


def view(section: SuppressionSection, report: Report) -> View:
    """A chart for clean accuracy and for each attack (SNS, Fig. 9): sensitive against the mean of the controls."""
    names = {name: f"Accuracy under {_told(dict(a))}" for name, a in section.attacks.items()}
    charts = [_figure(section, "Clean accuracy", None)]
    charts += [_figure(section, text, name) for name, text in names.items()]
    return {"charts": charts, "chosen": CHOSEN[section.ranking]}


def _told(params: JsonObject) -> str:
    """PGD, 10 steps (L∞, ε = 8/255)."""
    threat = ATTACK_ADAPTER.validate_python(params).threat_model
    severity = f", severity {params['severity']}" if "severity" in params else ""
    within = f" ({threat.label})" if threat.kind in ("ball", "minimal") else ""
    return f"{attack_text(str(params['name']), params)}{within or severity}"


_SAYS = (
    "Accuracy while the outputs of the {chosen}, or of as many random ones, are multiplied by β. On the right nothing "
    "is changed. That the random ones cost more is unusual: the network then needs the {chosen} less than others."
)


def _figure(section: SuppressionSection, title: str, attack: str | None) -> Figure:
    lines = []
    # Broken grey over a whole line: both are seen where they lie together.
    for group, text, tone in (("sensitive", CHOSEN[section.ranking], 1), ("control", "random ones", 0)):
        found: defaultdict[float, list[float]] = defaultdict(list)
        for point in section.points:
            if point.group == group:
                value = point.clean_accuracy if attack is None else point.robust_accuracy[attack]
                found[point.beta].append(value)
        means = [(beta, float(np.mean(values))) for beta, values in sorted(found.items())]
        bounds = [wilson(round(mean * section.n), section.n) for _, mean in means]
        low, high = [low for low, _ in bounds], [high for _, high in bounds]
        lines.append(Series(text, means, tone, low=low, high=high))
    drawing = accuracy_chart(f"{title} against beta", "β: what is left of the neurons' output", lines)
    return Figure(
        title, drawing, [(line.name, line.tone) for line in lines], _SAYS.format(chosen=CHOSEN[section.ranking])
    )

"""Figures 8 to 17 of the SNS paper."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from openapi.attacks import Attack, Fgsm, GaussianNoise, Pgd
from workers.attacks.engine.suite import run_attack
from workers.neurons.ranking import rank, sensitivity, sensitivity_ratio, top_neurons
from workers.neurons.similarity import average_pair_levenshtein, total_jaccard
from workers.neurons.suppression import Suppressed, control
from workers.reports.figures import Figure
from workers.reports.svg import Series, accuracy_chart, series_chart
from workers.reproduce.lab import Lab
from workers.reproduce.outcomes import Cell, Outcome, Table, share
from workers.reproduce.tables import options_of, trained

#: Layers of Figs 10 and 12, and those of Fig. 14, by network.
_CURVES = {"vgg16": ("conv1", "conv4", "conv7", "conv13"), "resnet18": ("l1b1c1", "l2b1c1", "l3b1c2", "l4b1c1")}
_BETAS = (1.0, 0.95, 0.9, 0.8, 0.7, 0.5, 0.0)


def _figure(title: str, axis: str, lines: Sequence[Series], *, accuracy: bool = False) -> Figure:
    drawing = (accuracy_chart if accuracy else series_chart)(title, axis, lines)
    return Figure(title, drawing, [(line.name, line.tone) for line in lines])


def _convolutions(lab: Lab) -> list[str]:
    return [alias for alias in lab.names if not alias.startswith("fc")]


def _pairs(lab: Lab) -> int:
    return min(lab.scale.test, 500)


def fig8(lab: Lab) -> Outcome:
    """Fig. 8: how alike the 20 most sensitive neurons of ten targets are, layer by layer (Eq. 9, 10)."""
    trained(lab, "vanilla")
    targets = [lab.sums("vanilla", 8 / 255, _pairs(lab), target=t) for t in range(10)]
    reached = [sums for sums in targets if sums.n]
    layers, rows = _convolutions(lab), {}
    orders = {
        alias: [rank(sensitivity(sums.layer(lab.names[alias])))[:20].tolist() for sums in reached] for alias in layers
    }
    rows["pair Levenshtein"] = [Cell(average_pair_levenshtein(orders[alias])) for alias in layers]
    rows["total Jaccard"] = [Cell(total_jaccard(orders[alias])) for alias in layers]
    lines = [
        Series(name, [(float(i), c.value or 0.0) for i, c in enumerate(cells, 1)], tone)
        for tone, (name, cells) in enumerate(rows.items(), 1)
    ]
    title = "Fig. 8: sensitive neurons of ten targets"
    findings = [f"images that reached targets 0 to 9: {', '.join(str(sums.n) for sums in targets)}"]
    return Outcome([Table(title, layers, rows)], [_figure(title, "convolution", lines)], findings)


def fig9(lab: Lab) -> Outcome:
    """Fig. 9: the top 10 % sensitive neurons turned down (model A), and as many others (B), under four changes."""
    trained(lab, "vanilla")
    sums, model = lab.sums("vanilla", 8 / 255, _pairs(lab)), lab.model("vanilla")
    omega = {
        lab.names[alias]: tuple(int(m) for m in top_neurons(sensitivity(sums.layer(lab.names[alias])), 0.1))
        for alias in _convolutions(lab)
    }
    groups = {"A": omega, "B": control(model, omega, lab.seed, 0)}
    specs: dict[str, Attack] = {
        "pgd linf": Pgd(eps=8 / 255),
        "pgd l2": Pgd(norm="l2", eps=80 / 255),
        "fgsm": Fgsm(eps=8 / 255),
        "noise": GaussianNoise(severity=3),
    }
    rows: dict[str, list[Cell]] = {}
    x, y, index = lab.test_images(0, _pairs(lab))
    figures = []
    for column, spec in specs.items():
        lines: list[Series] = []
        for group, chosen in groups.items():
            suppressed = Suppressed(model, chosen)

            def attacked(beta: float, spec: Attack = spec, suppressed: Suppressed = suppressed) -> Any:
                run = run_attack(suppressed.turn(beta), spec, x, y, index, seed=lab.seed, device=lab.device)
                return np.stack([run.correct, run.robust])

            found = [
                lab.kept("vanilla", f"fig9-{group}-{column}-{beta:g}", lambda beta=beta: attacked(beta))  # type: ignore[misc]
                for beta in _BETAS
            ]
            for i, what in enumerate(("clean", column)):
                name = f"{group} {what}"
                rows[name] = [share(both[i]) for both in found]
                points = [(b, float(both[i].mean())) for b, both in zip(_BETAS, found, strict=True)]
                lines.append(Series(name, points, len(lines) + 1))
        figures.append(_figure(f"Fig. 9: neurons turned down, {column}", "beta", lines, accuracy=True))
    return Outcome([Table("Fig. 9: accuracy (%) by beta", [f"{b:g}" for b in _BETAS], rows, "%")], figures)


def fig10_12(lab: Lab) -> Outcome:
    """Figs 10 and 12: sigma of every neuron, largest first, on the vanilla and the PAT network."""
    figures, rows = [], {}
    for layer in _CURVES[lab.net]:
        lines = []
        for tone, name in enumerate(("vanilla", "pat"), 1):
            trained(lab, name)
            sigma = np.sort(sensitivity(lab.sums(name, 8 / 255, _pairs(lab)).layer(lab.names[layer])))[::-1]
            lines.append(Series(name, [(float(i), float(v)) for i, v in enumerate(sigma)], tone))
            top = max(1, len(sigma) // 10)
            rows[f"{name} {layer}"] = [Cell(float(sigma[:top].mean())), Cell(float(sigma[top:].mean()))]
        which = {"vgg16": 10, "resnet18": 12}[lab.net]
        figures.append(_figure(f"Fig. {which}: sensitivity in {layer}", "neuron, most sensitive first", lines))
    return Outcome([Table("Mean sigma", ["top 10 %", "the rest"], rows)], figures)


def fig13(lab: Lab) -> Outcome:
    """Fig. 13 (a): mean ratio of the sensitive neurons along the convolutions, at several eps."""
    trained(lab, "vanilla")
    rows, lines = {}, []
    for tone, eps in enumerate((2, 4, 6, 8), 1):
        sums = lab.sums("vanilla", eps / 255, _pairs(lab))
        values = []
        for alias in _convolutions(lab):
            totals = sums.layer(lab.names[alias])
            ratio = sensitivity_ratio(totals)[top_neurons(sensitivity(totals), 0.1)]
            values.append(float(np.nanmean(ratio)) if not np.isnan(ratio).all() else None)
        rows[f"eps {eps}"] = [Cell(v) for v in values]
        lines.append(Series(f"eps {eps}", [(float(i), v) for i, v in enumerate(values, 1) if v is not None], tone))
    title = "Fig. 13: mean ratio of the sensitive neurons"
    return Outcome([Table(title, _convolutions(lab), rows)], [_figure(title, "convolution", lines)])


def fig14(lab: Lab) -> Outcome:
    """Fig. 14: mean ratio against eps in four layers."""
    figures, rows = [], {}
    for layer in ("conv3", "conv7", "conv10", "conv13"):
        lines = []
        for tone, name in enumerate(("vanilla", "pat"), 1):
            trained(lab, name)
            values = []
            for eps in range(1, 9):
                ratio = sensitivity_ratio(lab.sums(name, eps / 255, _pairs(lab)).layer(lab.names[layer]))
                values.append(float(np.nanmean(ratio)))
            rows[f"{name} {layer}"] = [Cell(v) for v in values]
            lines.append(Series(name, [(float(e), v) for e, v in enumerate(values, 1)], tone))
        figures.append(_figure(f"Fig. 14: ratio against eps in {layer}", "eps (of 255)", lines))
    return Outcome([Table("Fig. 14: mean ratio", [f"eps {e}" for e in range(1, 9)], rows)], figures)


def fig15(lab: Lab) -> Outcome:
    """Fig. 15: accuracy under PGD against the number of steps (eps 8) and against eps (10 steps)."""
    by_steps = {f"k {k}": Pgd(eps=8 / 255, steps=k) for k in range(1, 11)}
    by_eps = {f"eps {e}": Pgd(eps=e / 255) for e in range(1, 13)}
    tables, figures = [], []
    for title, axis, specs in (("steps", "steps", by_steps), ("eps", "eps (of 255)", by_eps)):
        rows, lines = {}, []
        for tone, name in enumerate(("pat", "alp", "sns sensitive"), 1):
            trained(lab, name)
            cells = [share(lab.robust(name, spec, lab.scale.test)) for spec in specs.values()]
            rows[name] = cells
            lines.append(Series(name, [(float(i), (c.value or 0) / 100) for i, c in enumerate(cells, 1)], tone))
        tables.append(Table(f"Fig. 15: accuracy (%) under PGD by {title}", list(specs), rows, "%"))
        figures.append(_figure(f"Fig. 15: PGD by {title}", axis, lines, accuracy=True))
    return Outcome(tables, figures)


def fig16(lab: Lab) -> Outcome:
    """Fig. 16: SNS on the top layers alone, from the last three convolutions to all of them."""
    columns = {"clean": None, "pgd linf": Pgd(eps=8 / 255), "fgsm": Fgsm(eps=8 / 255)}
    rows: dict[str, list[Cell]] = {}
    for first in (11, 8, 5, 1):
        name, layers = f"sns conv{first}-13", tuple(f"conv{i}" for i in range(first, 14))
        lab.model(name, options_of(lab, "sns sensitive", layers))
        n = lab.scale.test
        rows[name] = [share(lab.correct(name, n) if s is None else lab.robust(name, s, n)) for s in columns.values()]
    lines = [
        Series(column, [(float(i), (cells[j].value or 0) / 100) for i, cells in enumerate(rows.values(), 1)], j + 1)
        for j, column in enumerate(columns)
    ]
    figure = _figure("Fig. 16: SNS on the top layers", "conv11, conv8, conv5, conv1 to conv13", lines, accuracy=True)
    return Outcome([Table("Fig. 16: accuracy (%)", list(columns), rows, "%")], [figure])


def fig17(lab: Lab) -> Outcome:
    """Fig. 17: sigma in conv10, and its mean over the sensitive neurons of every convolution."""
    curve, means, rows = [], [], {}
    for tone, name in enumerate(("vanilla", "pat", "sns sensitive"), 1):
        trained(lab, name)
        sums = lab.sums(name, 8 / 255, _pairs(lab))
        sigma = np.sort(sensitivity(sums.layer(lab.names["conv10"])))[::-1]
        curve.append(Series(name, [(float(i), float(v)) for i, v in enumerate(sigma)], tone))
        values = []
        for alias in _convolutions(lab):
            found = sensitivity(sums.layer(lab.names[alias]))
            values.append(float(found[top_neurons(found, 0.1)].mean()))
        rows[name] = [Cell(v) for v in values]
        means.append(Series(name, [(float(i), v) for i, v in enumerate(values, 1)], tone))
    figures = [
        _figure("Fig. 17 (a): sensitivity in conv10", "neuron, most sensitive first", curve),
        _figure("Fig. 17 (b): mean sensitivity of the sensitive neurons", "convolution", means),
    ]
    return Outcome([Table("Fig. 17 (b): mean sigma", _convolutions(lab), rows)], figures)

"""Figures 8 to 17 of the SNS paper."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from openapi.attacks import Attack, Fgsm, GaussianNoise, Pgd
from workers.attacks.engine.suite import run_attack
from workers.neurons.chance import jaccard_chance, levenshtein_chance
from workers.neurons.ranking import rank, sensitivity, sensitivity_ratio, top_neurons
from workers.neurons.similarity import average_pair_levenshtein, total_jaccard
from workers.neurons.sums import SensitivitySums
from workers.neurons.suppression import Suppressed, control
from workers.reports.figures import Figure
from workers.reports.svg import Series, accuracy_chart, series_chart
from workers.reproduce.lab import Lab
from workers.reproduce.outcomes import Cell, Outcome, Table, share
from workers.reproduce.paper_tables import options_of, trained

#: Layers of Figs 10, 11 and 12, by network, and which of them is the network's.
_CURVES = {
    "vgg16": ("10", ("conv1", "conv4", "conv7", "conv13")),
    "inception_v3": ("11", ("conv2", "conv5", "l2b1", "l4b1")),
    "resnet18": ("12", ("l1b1c1", "l2b1c1", "l3b1c2", "l4b1c1")),
}
#: Draws of other neurons in Fig. 9, as in the paper.
CONTROLS = 3
_BETAS = (1.0, 0.95, 0.9, 0.8, 0.7, 0.5, 0.0)


def _figure(title: str, axis: str, series: Sequence[Series], *, accuracy: bool = False) -> Figure:
    drawing = (accuracy_chart if accuracy else series_chart)(title, axis, series)
    return Figure(title, drawing, [(line.name, line.tone) for line in series])


def _convolutions(lab: Lab) -> list[str]:
    return [alias for alias in lab.names if not alias.startswith("fc")]


def _pairs(lab: Lab) -> int:
    return min(lab.scale.test, 500)


def fig8(lab: Lab) -> Outcome:
    """Fig. 8: how alike the most sensitive neurons of ten targets are, layer by layer (Eq. 9, 10), beside chance.

    20 neurons a layer at the paper's width, the same share of them in a narrower network.
    """
    trained(lab, "vanilla")
    targets = [lab.sums("vanilla", 8 / 255, _pairs(lab), target=t) for t in range(10)]
    reached = [sums for sums in targets if sums.n]
    count, layers = max(2, 20 * lab.scale.width // 64), _convolutions(lab)
    rows: dict[str, list[Cell]] = {name: [] for name in ("pair Levenshtein", "chance", "total Jaccard", "chance of it")}
    for alias in layers:
        sigma = [sensitivity(sums.layer(lab.names[alias])) for sums in reached]
        orders = [rank(values)[:count].tolist() for values in sigma]
        n, k = len(sigma[0]), min(count, len(sigma[0]))
        found = (
            average_pair_levenshtein(orders),
            levenshtein_chance(n, k).value,
            total_jaccard(orders),
            jaccard_chance(n, k, len(orders)).value,
        )
        for cells, value in zip(rows.values(), found, strict=True):
            cells.append(Cell(value))
    lines = [
        Series(name, [(float(i), c.value or 0.0) for i, c in enumerate(cells, 1)], tone)
        for tone, (name, cells) in enumerate(rows.items(), 1)
    ]
    title = f"Fig. 8: the {count} most sensitive neurons of ten targets"
    findings = [f"images that reached targets 0 to 9: {', '.join(str(sums.n) for sums in targets)}"]
    return Outcome([Table(title, layers, rows)], [_figure(title, "convolution", lines)], findings)


def fig9(lab: Lab) -> Outcome:
    """Fig. 9: the top 10 % sensitive neurons turned down (model A), and as many others, under four changes.

    B is the mean of three draws of the others; its interval is of all their images together.
    """
    trained(lab, "vanilla")
    sums, model = lab.sums("vanilla", 8 / 255, _pairs(lab)), lab.model("vanilla")
    omega = {
        lab.names[alias]: tuple(int(m) for m in top_neurons(sensitivity(sums.layer(lab.names[alias])), 0.1))
        for alias in _convolutions(lab)
    }
    draws = [control(model, omega, lab.seed, repeat) for repeat in range(CONTROLS)]
    groups = {"A": [Suppressed(model, omega)], "B": [Suppressed(model, drawn) for drawn in draws]}
    specs: dict[str, Attack] = {
        "pgd linf": Pgd(eps=8 / 255),
        "pgd l2": Pgd(norm="l2", eps=80 / 255),
        "fgsm": Fgsm(eps=8 / 255),
        "noise": GaussianNoise(severity=3),
    }
    rows: dict[str, list[Cell]] = {}
    figures = []
    for column, spec in specs.items():
        lines: list[Series] = []
        for group, networks in groups.items():
            found = [_both(lab, f"fig9-{group}", column, networks, beta, spec) for beta in _BETAS]
            for i, what in enumerate(("clean", column)):
                name = f"{group} {what}"
                rows[name] = [share(both[i]) for both in found]
                points = [(b, float(both[i].mean())) for b, both in zip(_BETAS, found, strict=True)]
                lines.append(Series(name, points, len(lines) + 1))
        figures.append(_figure(f"Fig. 9: neurons turned down, {column}", "beta", lines, accuracy=True))
    lost = {group: (rows[f"{group} clean"][0].value or 0) - (rows[f"{group} clean"][4].value or 0) for group in groups}
    findings = [f"clean accuracy lost at beta {_BETAS[4]:g}: A {lost['A']:.1f}, B {lost['B']:.1f} points"]
    return Outcome([Table("Fig. 9: accuracy (%) by beta", [f"{b:g}" for b in _BETAS], rows, "%")], figures, findings)


def _both(lab: Lab, key: str, column: str, networks: Sequence[Suppressed], beta: float, spec: Attack) -> Any:
    """Which images are right, and right under an attack that is made anew, (2, networks · images)."""
    x, y, index = lab.test_images(0, _pairs(lab))

    def attacked(network: Suppressed) -> Any:
        run = run_attack(network.turn(beta), spec, x, y, index, seed=lab.seed, device=lab.device)
        return np.stack([run.correct, run.robust])

    parts = [
        lab.kept("vanilla", f"{key}{i}-{column}-{beta:g}", lambda network=network: attacked(network))  # type: ignore[misc]
        for i, network in enumerate(networks)
    ]
    return np.concatenate(parts, 1)


def fig10_12(lab: Lab) -> Outcome:
    """Figs 10 to 12: sigma of every neuron, largest first, on the vanilla and the PAT network.

    Of a block of Inception-V3 the neurons of all its convolutions are shown (ours).
    """
    figures, rows, findings = [], {}, []
    which, layers = _CURVES[lab.net]
    for layer in layers:
        lines, curves = [], []
        for tone, name in enumerate(("vanilla", "pat"), 1):
            trained(lab, name)
            sums = lab.sums(name, 8 / 255, _pairs(lab))
            sigma = np.sort(np.concatenate([sensitivity(sums.layer(each)) for each in lab.layers(layer)]))[::-1]
            lines.append(Series(name, [(float(i), float(v)) for i, v in enumerate(sigma)], tone))
            top = max(1, len(sigma) // 10)
            rows[f"{name} {layer}"] = [Cell(float(sigma[:top].mean())), Cell(float(sigma[top:].mean()))]
            curves.append(sigma)
        lower = int((curves[1] < curves[0]).sum())
        findings.append(f"{layer}: PAT's curve is below the vanilla one at {lower} of {len(curves[0])} places")
        figures.append(_figure(f"Fig. {which}: sensitivity in {layer}", "neuron, most sensitive first", lines))
    return Outcome([Table(f"Fig. {which}: mean sigma", ["top 10 %", "the rest"], rows)], figures, findings)


def fig13(lab: Lab) -> Outcome:
    """Fig. 13: mean ratio of the sensitive neurons along the convolutions, under PGD (a) and Gaussian noise (b)."""
    tables, figures, findings = [], [], []
    layers = _convolutions(lab)
    parts: dict[str, tuple[str, Callable[[str, int], SensitivitySums], tuple[int, ...]]] = {
        "a": ("eps", lambda name, eps: lab.sums(name, eps / 255, _pairs(lab)), (2, 4, 6, 8)),
        "b": ("severity", lambda name, severity: lab.noise_sums(name, severity, _pairs(lab)), (1, 3, 5)),
    }
    for part, (word, sums_of, powers) in parts.items():
        rows: dict[str, list[Cell]] = {}
        lines: list[Series] = []
        for name in ("vanilla", "pat"):
            trained(lab, name)
            for power in powers:
                values = _top_ratios(lab, sums_of(name, power))
                row = f"{name}, {word} {power}"
                rows[row] = [Cell(v) for v in values]
                points = [(float(i), v) for i, v in enumerate(values, 1) if v is not None]
                lines.append(Series(row, points, len(lines) + 1))
            last = rows[f"{name}, {word} {powers[-1]}"]
            ends = [f"{cell.value:.2f}" if cell.value is not None else "none" for cell in (last[0], last[-1])]
            findings.append(f"{name}, {word} {powers[-1]}: the ratio goes from {ends[0]} to {ends[1]}")
        title = f"Fig. 13 ({part}): mean ratio of the sensitive neurons"
        tables.append(Table(title, layers, rows))
        figures.append(_figure(title, "convolution", lines))
    return Outcome(tables, figures, findings)


def _top_ratios(lab: Lab, sums: SensitivitySums) -> list[float | None]:
    """The mean ratio over the top 10 % of each convolution; None where it is not defined for any of them."""
    values: list[float | None] = []
    for alias in _convolutions(lab):
        totals = sums.layer(lab.names[alias])
        ratio = sensitivity_ratio(totals)[top_neurons(sensitivity(totals), 0.1)]
        values.append(float(np.nanmean(ratio)) if not np.isnan(ratio).all() else None)
    return values


def fig14(lab: Lab) -> Outcome:
    """Fig. 14: mean ratio against eps in four layers."""
    figures, rows, findings = [], {}, []
    for layer in ("conv3", "conv7", "conv10", "conv13"):
        lines = []
        for tone, name in enumerate(("vanilla", "pat"), 1):
            trained(lab, name)
            values = []
            for eps in range(1, 9):
                ratio = sensitivity_ratio(lab.sums(name, eps / 255, _pairs(lab)).layer(lab.names[layer]))
                values.append(float(np.nanmean(ratio)))
            rows[f"{name} {layer}"] = [Cell(v) for v in values]
            findings.append(f"{name} {layer}: at eps 8 {values[7] / values[0]:.1f} times the ratio of eps 1")
            lines.append(Series(name, [(float(e), v) for e, v in enumerate(values, 1)], tone))
        figures.append(_figure(f"Fig. 14: ratio against eps in {layer}", "eps (of 255)", lines))
    return Outcome([Table("Fig. 14: mean ratio", [f"eps {e}" for e in range(1, 9)], rows)], figures, findings)


def fig15(lab: Lab) -> Outcome:
    """Fig. 15: accuracy under PGD against the number of steps (eps 8) and against eps (10 steps)."""
    by_steps = {f"k {k}": Pgd(eps=8 / 255, steps=k) for k in range(1, 11)}
    by_eps = {f"eps {e}": Pgd(eps=e / 255) for e in range(1, 13)}
    tables, figures, findings = [], [], []
    for title, axis, specs in (("steps", "steps", by_steps), ("eps", "eps (of 255)", by_eps)):
        rows, lines = {}, []
        for tone, name in enumerate(("pat", "alp", "sns sensitive"), 1):
            trained(lab, name)
            cells = [share(lab.robust(name, spec, lab.scale.test)) for spec in specs.values()]
            rows[name] = cells
            lines.append(Series(name, [(float(i), (c.value or 0) / 100) for i, c in enumerate(cells, 1)], tone))
        tables.append(Table(f"Fig. 15: accuracy (%) under PGD by {title}", list(specs), rows, "%"))
        for other in ("pat", "alp"):
            above = sum(
                (a.value or 0) > (b.value or 0) for a, b in zip(rows["sns sensitive"], rows[other], strict=True)
            )
            findings.append(f"by {title}, SNS is above {other} at {above} of {len(specs)} points")
        figures.append(_figure(f"Fig. 15: PGD by {title}", axis, lines, accuracy=True))
    return Outcome(tables, figures, findings)


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
    best = {column: max(rows, key=lambda name: rows[name][j].value or 0) for j, column in enumerate(columns)}
    findings = [f"{column}: {name} holds most" for column, name in best.items()]
    return Outcome([Table("Fig. 16: accuracy (%)", list(columns), rows, "%")], [figure], findings)


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
    sns = [cell.value or 0.0 for cell in rows["sns sensitive"]]
    findings = []
    for other in ("vanilla", "pat"):
        ratios = [a / (cell.value or 1.0) for a, cell in zip(sns, rows[other], strict=True)]
        below = f"{np.mean(ratios[:7]):.2f} in conv1 to conv7 and {np.mean(ratios[7:]):.2f} in conv8 to conv13"
        findings.append(f"SNS's mean sigma is, in the mean, {below} of that of {other}")
    figures = [
        _figure("Fig. 17 (a): sensitivity in conv10", "neuron, most sensitive first", curve),
        _figure("Fig. 17 (b): mean sensitivity of the sensitive neurons", "convolution", means),
    ]
    return Outcome([Table("Fig. 17 (b): mean sigma", _convolutions(lab), rows)], figures, findings)

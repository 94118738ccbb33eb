"""The figures of the page that no analysis brings itself: report → titled drawings with legends and a sentence each."""

from collections.abc import Mapping, Sequence
from typing import Any

from openapi.analyses.sensitivity import LayerSensitivity
from openapi.base import as_written
from openapi.report import AttackReport, Report
from workers.reports import formatting
from workers.reports.figures import Figure
from workers.reports.plots import shares_against
from workers.reports.svg import Series, accuracy_chart, histogram, series_chart, sorted_curve

#: Colours of lines.
TONES = 5

#: From so many layers on, lists of them are closed.
MANY_LAYERS = 20


def of_attacks(report: Report) -> list[Figure]:
    """Everything that is drawn of the attacks."""
    return [*over_change(report), *over_steps(report), *histograms(report)]


def over_change(report: Report) -> list[Figure]:
    """Accuracy against what an attack may change: eps, every distance, severity."""
    return [*over_option(report, "eps"), *over_distance(report), *over_option(report, "severity")]


def over_option(report: Report, option: str) -> list[Figure]:
    """Accuracy against an option, `eps` or `severity`: one chart a norm, one line an attack that ran twice."""
    families: dict[str, list[AttackReport]] = {}
    for attack in report.attacks:
        if isinstance(attack.params.get(option), int | float):
            families.setdefault(_family(attack, option), []).append(attack)
    lines: dict[str, list[Series]] = {}
    for family in families.values():
        rising = sorted(family, key=lambda a: _value(a, option))
        if len({a.params[option] for a in rising}) < 2:
            continue
        found = lines.setdefault(rising[0].distance.norm, [])
        found.append(
            Series(
                formatting.attack_text(rising[0].name, {k: v for k, v in rising[0].params.items() if k != option}),
                [(_value(a, option), a.robust_accuracy) for a in rising],
                tone=len(found) % TONES + 1,
                low=[a.ci95[0] for a in rising],
                high=[a.ci95[1] for a in rising],
            )
        )
    sign, named = ("ε", as_written) if option == "eps" else (option, formatting.short)
    charts = []
    for norm, group in lines.items():
        title = f"Robust accuracy against {option}" + (f", {norm}" if option == "eps" else "")
        short_title = f"Against {sign}" + (f", {formatting.norm_text(norm)}" if option == "eps" else "")
        drawing = accuracy_chart(title, sign, group, report.clean.accuracy, measured=named)
        says = (
            "Accuracy falls as attacks may change more. A curve that rises or stays flat far above 0 at large changes"
            " is unusual: gradients may be hidden from the attack."
            if option == "eps"
            else "Accuracy falls as images get worse. A sudden drop at the mildest severity is unusual."
        )
        charts.append(Figure(short_title, drawing, [(s.name, s.tone) for s in group], says))
    return charts


def _value(attack: AttackReport, option: str) -> float:
    """An option's value; of eps, the one that knows how it was written."""
    eps = attack.threat.eps if attack.threat is not None and option == "eps" else None
    return float(attack.params[option]) if eps is None else eps


def _family(attack: AttackReport, without: str) -> str:
    rest = {k: v for k, v in attack.params.items() if k not in (without, "step_size")}
    return repr((attack.name, sorted(rest.items(), key=lambda kv: kv[0])))


def over_distance(report: Report) -> list[Figure]:
    """Accuracy at every eps of a norm, from the distances at which minimal-norm attacks fool: one chart a norm.

    Exact at the edges of the histogram's bins, straight lines between them. No attack in a ball is needed for it.
    """
    lines: dict[str, list[Series]] = {}
    for attack in report.attacks:
        h = attack.distance.histogram
        if h is None or attack.threat is None or attack.threat.kind != "minimal":
            continue
        left, points = report.clean.correct, [(h.edges[0], report.clean.accuracy)]
        for edge, fooled in zip(h.edges[1:], h.counts, strict=True):
            left -= fooled
            points.append((edge, left / attack.n))
        found = lines.setdefault(attack.distance.norm, [])
        found.append(Series(formatting.attack_text(attack.name, attack.params), points, tone=len(found) % TONES + 1))
    return [
        Figure(
            f"Against every {'ε' if norm != 'l0' else 'number of pixels'}, {formatting.norm_text(norm)}",
            accuracy_chart(
                f"Accuracy against eps, {norm}, from the smallest distances",
                f"ε, {formatting.norm_text(norm)}" if norm in ("linf", "l2", "l1") else "pixels changed",
                group,
                report.clean.accuracy,
            ),
            [(s.name, s.tone) for s in group],
            "What is left if every image may change by so much, read off the smallest changes that fool. A long flat "
            "stretch above 0 is unusual: the attack found nothing for those images.",
        )
        for norm, group in lines.items()
    ]


def over_steps(report: Report) -> list[Figure]:
    """One chart a threat model: samples still correct after each step, from the step at which each was first fooled."""
    lines: dict[str, list[Series]] = {}
    for attack in report.attacks:
        first = attack.figures.get("success_by_step")
        if not isinstance(first, list) or len(first) < 3:
            continue
        left, points = report.clean.correct, []
        for step, fooled in enumerate(first):
            left -= fooled
            points.append((float(step), left / attack.n))
        found = lines.setdefault(formatting.threat_text(attack), [])
        found.append(Series(formatting.attack_text(attack.name, attack.params), points, tone=len(found) % TONES + 1))
    return [
        Figure(
            f"Against steps, {threat}",
            accuracy_chart(f"Accuracy against steps, {threat}", "steps", group, report.clean.accuracy),
            [(s.name, s.tone) for s in group],
            "How many images withstand so many steps. A curve that still falls at its end is unusual: more steps would "
            "fool more.",
        )
        for threat, group in lines.items()
    ]


def histograms(report: Report) -> list[Figure]:
    """Distances of every attack's successes, unless all lie at one distance."""
    found = []
    for attack in report.attacks:
        h = attack.distance.histogram
        if h is None or attack.distance.max is None:
            continue
        if attack.threat is not None and attack.threat.kind == "corruption":
            continue
        if sum(c > 0 for c in h.counts) < 2:
            continue  # everything at one distance: the table says it
        name = formatting.attack_text(attack.name, attack.params)
        axis = f"{formatting.norm_text(attack.distance.norm)} distance (bars: images fooled)"
        found.append(
            Figure(
                f"{name} · {formatting.threat_text(attack)}",
                histogram(f"Distances of {name}", h.edges, h.counts, axis),
                says="How far the fooled images were moved. Two separate heaps are unusual: two kinds of images, or an "
                "attack that gets stuck.",
            )
        )
    return found


def by_depth(layers: Sequence[LayerSensitivity]) -> list[Figure]:
    """Mean ratio against depth (SNS, Fig. 13)."""
    found = []
    for key, name, tone in (("mean", "all neurons", 1), ("mean_top", "the most sensitive (Ω)", 2)):
        points = [(float(layer.depth), float(value)) for layer in layers if (value := layer.ratio.get(key))]
        if len(points) > 1:
            found.append(Series(name, points, tone))
    if not found:
        return []
    drawing = series_chart("Mean sensitivity ratio against depth", "layer, in order of execution", found)
    says = (
        "How much of a neuron's output an attack changes, layer by layer. It grows with depth in most networks: the "
        "error is amplified. A fall towards the end is unusual, and typical of adversarially trained networks."
    )
    return [Figure("Mean ratio against depth", drawing, [(s.name, s.tone) for s in found], says)]


def sorted_sensitivity(layer: LayerSensitivity) -> Figure:
    """A layer's σ, largest first, with the end of Ω (SNS, Figs 10 to 12)."""
    sigma = [n.sensitivity for n in layer.ranking]
    says = (
        "A few neurons on the left that move much and a long tail that hardly does is the usual shape. A level line is "
        "unusual: then all neurons move alike and Ω is an arbitrary choice."
    )
    drawing = sorted_curve(f"Sorted sensitivity of {layer.name}", sigma, len(layer.top))
    return Figure(f"Sorted sensitivity of {layer.name}", drawing, says=says)


def epochs(hardening: Mapping[str, Any] | None) -> list[Figure]:
    """Charts over the training's epochs: accuracies, and losses."""
    log = [line for line in (hardening or {}).get("log") or [] if isinstance(line, Mapping) and "epoch" in line]
    if len(log) < 2:
        return []
    charts = []
    shares = _logged(log, ("clean_accuracy", "robust_accuracy"))
    if shares:
        drawing = accuracy_chart("Accuracy over the epochs", "epoch", shares)
        charts.append(Figure("Accuracy on training samples", drawing, [(s.name, s.tone) for s in shares]))
    if line := _frontier(hardening or {}):
        charts += [line, _trade_off((hardening or {})["frontier"])]
    losses = _logged(log, ("loss", "l_adv", "l_sns"))
    if losses:
        drawing = series_chart("Loss over the epochs", "epoch", losses)
        charts.append(Figure("Training loss", drawing, [(s.name, s.tone) for s in losses]))
    return charts


def by_layer(hardening: Mapping[str, Any] | None) -> list[Figure]:
    """σ over the uploaded model's Ω, and the ratio, along the layers: before, after, of the rival (SNS, Fig. 17)."""
    layers = ((hardening or {}).get("scrutiny") or {}).get("neurons") or []
    rival = ((hardening or {}).get("rival") or {}).get("method")
    if len(layers) < 2:
        return []
    charts = []
    for key, title in (("of_omega", "Mean sensitivity of the neurons that were sensitive"), ("ratio", "Mean ratio")):
        lines = []
        for tone, (side, named) in enumerate((("before", "before"), ("after", "after"), ("rival", rival or "")), 1):
            points = [(i, at[key]) for i, layer in enumerate(layers) if (at := layer.get(side)) and at[key] is not None]
            lines += [Series(named, points, tone)] if points else []
        drawing = series_chart(title, "layer", lines)
        charts.append(Figure(f"{title}, layer by layer", drawing, [(s.name, s.tone) for s in lines]))
    return charts


def _trade_off(found: Mapping[str, Any]) -> Figure:
    """Robust against clean accuracy: of the weights between the uploaded and the hardened ones, and of the epochs."""
    by_epoch = found.get("delivered_epoch") is not None
    ways = [(p, not by_epoch and p["share"] == found["delivered"], 1) for p in found["points"]]
    runs = [(p, by_epoch and p["epoch"] == found["delivered_epoch"], 3) for p in found.get("epochs", ())]
    points = [(p["clean_accuracy"], p["robust_accuracy"]) for p, _, _ in (*ways, *runs)]
    tones = [2 if delivered else tone for _, delivered, tone in (*ways, *runs)]
    legend = [("between the weights", 1), *([("epochs", 3)] if runs else []), ("delivered", 2)]
    drawing = shares_against("Robust against clean accuracy", "clean accuracy (upwards: under PGD)", points, tones)
    return Figure("Frontier: under PGD against clean", drawing, legend, marks="points")


def _frontier(hardening: Mapping[str, Any]) -> Figure | None:
    """Clean and robust accuracy on the way from the uploaded to the hardened weights."""
    found = hardening.get("frontier")
    if not found:
        return None
    series = [
        Series(_LOGGED[key], [(p["share"], p[key]) for p in found["points"]], tone)
        for tone, key in enumerate(("clean_accuracy", "robust_accuracy"), 1)
    ]
    if epochs := found.get("epochs", ()):  # along the run: the share of its epochs
        series += [
            Series(f"{_LOGGED[key]}, epochs", [(i / len(epochs), p[key]) for i, p in enumerate(epochs, 1)], tone)
            for tone, key in enumerate(("clean_accuracy", "robust_accuracy"), 3)
        ]
    axis = "share of the way, and of the epochs" if epochs else "share of the way"
    drawing = accuracy_chart("Accuracy between the uploaded and the hardened weights", axis, series)
    what = "meets" if found["met"] else "comes nearest to"
    where = f"the share {found['delivered']:g}"
    if (epoch := found.get("delivered_epoch")) is not None:
        where = f"epoch {epoch}"
    title = f"On the validation split: {where}, delivered, {what} the goal"
    return Figure(title, drawing, [(s.name, s.tone) for s in series])


_LOGGED = {
    "clean_accuracy": "clean",
    "robust_accuracy": "under PGD",
    "loss": "whole loss",
    "l_adv": "adversarial part",
    "l_sns": "sensitivity part",
}


def _logged(log: Sequence[Mapping[str, Any]], keys: Sequence[str]) -> list[Series]:
    found: list[Series] = []
    for key in keys:
        points = [(float(e["epoch"]), float(e[key])) for e in log if isinstance(e.get(key), int | float)]
        if len(points) > 1:
            found.append(Series(_LOGGED.get(key, key), points, tone=len(found) % TONES + 1))
    return found

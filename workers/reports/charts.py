"""The charts of the page: report → titled SVG figures with their legends."""

from collections.abc import Mapping, Sequence
from typing import Any

from openapi.base import as_written
from openapi.report import AttackReport, Report
from workers.reports import formatting
from workers.reports.svg import Series, accuracy_chart, histogram, series_chart

#: Colours of lines.
TONES = 5

#: From so many layers on, a chart over depth stands before the list.
MANY_LAYERS = 20


def over_option(report: Report, option: str) -> list[dict[str, Any]]:
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
        svg = accuracy_chart(title, sign, group, report.clean.accuracy, measured=named)
        charts.append({"svg": svg, "title": short_title, "legend": [(s.name, s.tone) for s in group]})
    return charts


def _value(attack: AttackReport, option: str) -> float:
    """An option's value; of eps, the one that knows how it was written."""
    eps = attack.threat.eps if attack.threat is not None and option == "eps" else None
    return float(attack.params[option]) if eps is None else eps


def _family(attack: AttackReport, without: str) -> str:
    rest = {k: v for k, v in attack.params.items() if k not in (without, "step_size")}
    return repr((attack.name, sorted(rest.items(), key=lambda kv: kv[0])))


def over_distance(report: Report) -> list[dict[str, Any]]:
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
        {
            "svg": accuracy_chart(
                f"Accuracy against eps, {norm}, from the smallest distances",
                f"ε, {formatting.norm_text(norm)}" if norm in ("linf", "l2", "l1") else "pixels changed",
                group,
                report.clean.accuracy,
            ),
            "title": f"Against every {'ε' if norm != 'l0' else 'number of pixels'}, {formatting.norm_text(norm)}",
            "legend": [(s.name, s.tone) for s in group],
        }
        for norm, group in lines.items()
    ]


def over_steps(report: Report) -> list[dict[str, Any]]:
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
        {
            "svg": accuracy_chart(f"Accuracy against steps, {threat}", "steps", group, report.clean.accuracy),
            "title": f"Against steps, {threat}",
            "legend": [(s.name, s.tone) for s in group],
        }
        for threat, group in lines.items()
    ]


def histograms(report: Report) -> list[dict[str, Any]]:
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
            {
                "title": f"{name} · {formatting.threat_text(attack)}",
                "svg": histogram(f"Distances of {name}", h.edges, h.counts, axis),
            }
        )
    return found


def by_depth(layers: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Mean ratio against depth (SNS, Fig. 13), for networks with too many layers to read as a list."""
    if len(layers) < MANY_LAYERS:
        return []
    lines = []
    for key, name, tone in (("mean", "all neurons", 1), ("mean_top", "the most sensitive (Ω)", 2)):
        points = [(float(layer["depth"]), float(layer["ratio"][key])) for layer in layers if layer["ratio"].get(key)]
        if len(points) > 1:
            lines.append(Series(name, points, tone))
    if not lines:
        return []
    svg = series_chart("Mean sensitivity ratio against depth", "layer, in order of execution", lines)
    return [{"title": "Mean ratio against depth", "svg": svg, "legend": [(s.name, s.tone) for s in lines]}]


def epochs(hardening: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    """Charts over the training's epochs: accuracies, and losses."""
    log = [line for line in (hardening or {}).get("log") or [] if isinstance(line, Mapping) and "epoch" in line]
    if len(log) < 2:
        return []
    charts = []
    shares = _logged(log, ("clean_accuracy", "robust_accuracy"))
    if shares:
        svg = accuracy_chart("Accuracy over the epochs", "epoch", shares)
        charts.append(
            {"title": "Accuracy on training samples", "svg": svg, "legend": [(s.name, s.tone) for s in shares]}
        )
    if line := _frontier(hardening or {}):
        charts.append(line)
    losses = _logged(log, ("loss", "l_adv", "l_sns"))
    if losses:
        svg = series_chart("Loss over the epochs", "epoch", losses)
        charts.append({"title": "Training loss", "svg": svg, "legend": [(s.name, s.tone) for s in losses]})
    return charts


def _frontier(hardening: Mapping[str, Any]) -> dict[str, Any] | None:
    """Clean against robust accuracy on the way from the uploaded to the hardened weights."""
    found = hardening.get("frontier")
    if not found:
        return None
    series = [
        Series(_LOGGED[key], [(p["share"], p[key]) for p in found["points"]], tone)
        for tone, key in enumerate(("clean_accuracy", "robust_accuracy"), 1)
    ]
    svg = accuracy_chart("Accuracy between the uploaded and the hardened weights", "share of the way", series)
    what = "meets" if found["met"] else "comes nearest to"
    title = f"On the validation split: the share {found['delivered']:g}, delivered, {what} the goal"
    return {"title": title, "svg": svg, "legend": [(s.name, s.tone) for s in series]}


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

"""The report as one page: no script, no outside resource, every text escaped, every number taken from the report."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from openapi.report import AttackReport, LayerSensitivity, Report
from workers.reports import words
from workers.reports.figures import Series, accuracy_chart, histogram, series_chart, sorted_curve
from workers.reports.worst import WorstExample

#: Layers whose curves stand open; the others are a click away.
OPEN_LAYERS = 9
#: From so many layers on, a chart over depth stands before the list.
MANY_LAYERS = 20
#: Classes of the class-wise table; with more, those with the lowest robust accuracy are shown.
MOST_CLASSES = 20
#: Colours of lines.
TONES = 5


@cache
def _environment() -> Environment:
    env = Environment(
        loader=PackageLoader("workers.reports", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.filters.update(
        percent=words.percent,
        interval=words.interval,
        fall=words.fall,
        count=words.count,
        number=words.number,
        given=words.given,
        plain=words.plain,
        eps=words.eps_text,
        threat=words.threat_text,
        norm=words.norm_text,
        href=words.safe_href,
        json=lambda value: json.dumps(value, indent=1, ensure_ascii=False),
        name=words.name_text,
    )
    env.globals["attack_text"] = lambda a: words.attack_text(a["name"], a["params"])
    return env


def render(report: Report, pictures: Sequence[WorstExample] = ()) -> str:
    """Return the page. `pictures`: worst examples, when the audit kept them."""
    facts = report.model_dump(mode="json")
    layers = _layers(report)
    names = report.model.labels
    env = _environment()
    return env.get_template("report.html").render(
        r=facts,
        style=Markup(env.loader.get_source(env, "style.css")[0]),  # type: ignore[union-attr]  # our own file
        worst=_worst(facts),
        nearest=_nearest(facts),
        groups=_groups(facts),
        over_eps=[*_over(report, "eps"), *_over(report, "severity")],
        over_steps=_over_steps(report),
        histograms=_histograms(report),
        classes=_classes(report),
        confusions=_confusions(report),
        class_text=lambda label: words.class_text(label, names),
        layers=layers,
        ratio_top=_largest_ratio(layers),
        many=MANY_LAYERS,
        by_depth=_by_depth(layers),
        open_layers=OPEN_LAYERS,
        epochs=_epochs(facts["hardening"]),
        own=bool(facts["hardening"]) and facts["hardening"].get("id") == facts["id"],
        sides=_sides(facts["hardening"]),
        pictures=[asdict(p) for p in pictures],
    )


def _worst(facts: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The headline: of every norm, and of the corruptions, the threat model that leaves least; at most three."""
    least: dict[str, dict[str, Any]] = {}
    for w in facts["worst_case"]:
        norm, _, rest = w["threat_model"].partition(" ")
        if rest != "minimal" and (norm not in least or w["robust_accuracy"] < least[norm]["robust_accuracy"]):
            least[norm] = w
    return sorted(least.values(), key=lambda w: w["threat_model"].startswith("corruption"))[:3]


def _nearest(facts: Mapping[str, Any]) -> dict[str, Any] | None:
    """The minimal-norm attack that says most: the one that fools most, then the one with the smallest median."""
    found = [
        a for a in facts["attacks"] if a["threat_model"].endswith(" minimal") and a["distance"]["median"] is not None
    ]
    return min(found, key=lambda a: (-a["success_rate"], a["distance"]["median"]), default=None)


def _groups(facts: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Threat models, each with its worst case and its attacks: norms as they were asked for, eps rising."""
    attacks = {a["id"]: a for a in facts["attacks"]}
    groups = [
        {"title": words.threat_text(w["threat_model"]), "worst": w, "attacks": [attacks[i] for i in w["attacks"]]}
        for w in facts["worst_case"]
        if not w["threat_model"].startswith("corruption ")
    ]
    noisy = [a for a in facts["attacks"] if a["threat_model"].startswith("corruption ")]
    norms = list(dict.fromkeys(w["threat_model"].split()[0] for w in facts["worst_case"]))

    def place(group: Mapping[str, Any]) -> tuple[int, float]:
        eps = group["attacks"][0]["params"].get("eps")
        return norms.index(group["worst"]["threat_model"].split()[0]), float(eps) if eps is not None else math.inf

    groups.sort(key=place)
    return [*groups, {"title": "Common corruptions", "worst": None, "attacks": noisy}] if noisy else groups


def _family(attack: AttackReport, without: str) -> str:
    rest = {k: v for k, v in attack.params.items() if k not in (without, "step_size")}
    return repr((attack.name, sorted(rest.items(), key=lambda kv: kv[0])))


def _over(report: Report, option: str) -> list[dict[str, Any]]:
    """Accuracy against an option, `eps` or `severity`: one chart a norm, one line an attack that ran twice."""
    families: dict[str, list[AttackReport]] = {}
    for attack in report.attacks:
        if isinstance(attack.params.get(option), int | float):
            families.setdefault(_family(attack, option), []).append(attack)
    lines: dict[str, list[Series]] = {}
    for family in families.values():
        rising = sorted(family, key=lambda a: float(a.params[option]))
        if len({a.params[option] for a in rising}) < 2:
            continue
        found = lines.setdefault(rising[0].distance.norm, [])
        found.append(
            Series(
                words.attack_text(rising[0].name, {k: v for k, v in rising[0].params.items() if k != option}),
                [(float(a.params[option]), a.robust_accuracy) for a in rising],
                tone=len(found) % TONES + 1,
                low=[a.ci95[0] for a in rising],
                high=[a.ci95[1] for a in rising],
            )
        )
    sign, named = ("ε", words.eps_text) if option == "eps" else (option, words.short)
    charts = []
    for norm, group in lines.items():
        title = f"Robust accuracy against {option}" + (f", {norm}" if option == "eps" else "")
        short_title = f"Against {sign}" + (f", {words.norm_text(norm)}" if option == "eps" else "")
        svg = accuracy_chart(title, sign, group, report.clean.accuracy, measured=named)
        charts.append({"svg": svg, "title": short_title, "legend": [(s.name, s.tone) for s in group]})
    return charts


def _over_steps(report: Report) -> list[dict[str, Any]]:
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
        found = lines.setdefault(attack.threat_model, [])
        found.append(Series(words.attack_text(attack.name, attack.params), points, tone=len(found) % TONES + 1))
    return [
        {
            "svg": accuracy_chart(
                f"Accuracy against steps, {words.threat_text(threat)}", "steps", group, report.clean.accuracy
            ),
            "title": f"Against steps, {words.threat_text(threat)}",
            "legend": [(s.name, s.tone) for s in group],
        }
        for threat, group in lines.items()
    ]


def _histograms(report: Report) -> list[dict[str, Any]]:
    found = []
    for attack in report.attacks:
        h = attack.distance.histogram
        if h is None or attack.distance.max is None or attack.threat_model.startswith("corruption "):
            continue
        if sum(c > 0 for c in h.counts) < 2:
            continue  # everything at one distance: the table says it
        name = words.attack_text(attack.name, attack.params)
        axis = f"{words.norm_text(attack.distance.norm)} distance of successes"
        found.append(
            {
                "title": f"{name} · {words.threat_text(attack.threat_model)}",
                "svg": histogram(f"Distances of {name}", h.edges, h.counts, axis),
            }
        )
    return found


def _classes(report: Report) -> dict[str, Any] | None:
    """Class-wise robust accuracy: rows are classes, columns are clean and every attack."""
    rows = {c.label: [c] for c in report.clean.by_class}
    if len(rows) < 2:
        return None
    for attack in report.attacks:
        for c in attack.by_class:
            rows[c.label].append(c)
    labels = sorted(rows)
    if len(labels) > MOST_CLASSES:
        labels = sorted(labels, key=lambda k: (min(c.robust / c.n for c in rows[k]), k))[:MOST_CLASSES]
    table = [
        {"label": k, "n": rows[k][0].n, "cells": [{"robust": c.robust, "share": c.robust / c.n} for c in rows[k]]}
        for k in labels
    ]
    return {"rows": table, "total": len(rows), "attacks": [a.model_dump(mode="json") for a in report.attacks]}


def _confusions(report: Report) -> dict[str, Any] | None:
    """The commonest mistakes under the attack that fooled most."""
    bounded = [a for a in report.attacks if " eps=" in a.threat_model] or report.attacks
    attack = max(bounded, key=lambda a: int(a.figures.get("successes", 0)), default=None)
    if attack is None or not attack.figures.get("confusions"):
        return None
    return {
        "attack": words.attack_text(attack.name, attack.params),
        "threat": attack.threat_model,
        "ways": attack.figures["confusions"][:6],
        "most": attack.figures["confusions"][0][2],
    }


def _layers(report: Report) -> list[dict[str, Any]]:
    if report.neurons is None:
        return []
    return [_layer(layer) for layer in report.neurons.layers]


def _layer(layer: LayerSensitivity) -> dict[str, Any]:
    sigma = [n.sensitivity for n in layer.ranking]
    return {
        "name": layer.name,
        "kind": layer.kind,
        "depth": layer.depth,
        "neurons": layer.neurons,
        "ratio": layer.ratio,
        "sensitivity": layer.sensitivity,
        "dead": len(layer.dead),
        "omega": len(layer.top),
        "top": [n.model_dump() for n in layer.ranking[:5]],
        "svg": sorted_curve(f"Sorted sensitivity of {layer.name}", sigma, len(layer.top)),
    }


def _by_depth(layers: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
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


def _largest_ratio(layers: Sequence[Mapping[str, Any]]) -> float:
    values = [v for layer in layers for v in (layer["ratio"].get("mean"), layer["ratio"].get("mean_top")) if v]
    return max(values, default=1.0)


def _sides(hardening: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    """Rows of the before/after table: clean, every attack, the worst cases."""
    if not hardening or not hardening.get("before") or not hardening.get("after"):
        return []
    before, after = hardening["before"], hardening["after"]
    rows = [{"kind": "clean", "before": _side(before["clean"]), "after": _side(after["clean"])}]
    later = {a["id"]: a for a in after["attacks"]}
    for a in before["attacks"]:
        if a["id"] in later:
            rows.append({"kind": "attack", "item": a, "before": _side(a), "after": _side(later[a["id"]])})
    worst = {w["threat_model"]: w for w in after["worst_case"]}
    for w in before["worst_case"]:
        if w["threat_model"] in worst:
            later_w = worst[w["threat_model"]]
            rows.append({"kind": "worst", "item": w, "before": _side(w), "after": _side(later_w)})
    return rows


def _side(block: Mapping[str, Any]) -> dict[str, Any]:
    value = block["accuracy"] if "accuracy" in block else block["robust_accuracy"]
    return {"value": value, "ci95": block["ci95"], "n": block["n"]}


def _epochs(hardening: Mapping[str, Any] | None) -> list[dict[str, Any]]:
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
    losses = _logged(log, ("loss", "l_adv", "l_sns"))
    if losses:
        svg = series_chart("Loss over the epochs", "epoch", losses)
        charts.append({"title": "Training loss", "svg": svg, "legend": [(s.name, s.tone) for s in losses]})
    return charts


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

"""The report as one page: no script, no outside resource, every text escaped, every number taken from the report."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from types import MappingProxyType
from typing import Any

from openapi.analyses.sensitivity import LayerSensitivity
from openapi.base import as_written
from openapi.report import Report
from workers.reports import charts, formatting
from workers.reports.analyses import own_views, views
from workers.reports.templating import environment, page_style
from workers.reports.worst import WorstExample

#: Layers whose curves stand open; the others are a click away.
OPEN_LAYERS = 9
#: Classes of the class-wise table; with more, those with the lowest robust accuracy are shown.
MOST_CLASSES = 20


#: Parts of a comparison that not every one has.
_LATER_PARTS = ("finding", "reasons", "scrutiny", "rival", "classes")


def render(
    report: Report, pictures: Sequence[WorstExample] = (), files: Mapping[str, Path] = MappingProxyType({})
) -> str:
    """Return the page.

    pictures: the worst examples of one attack; none where nothing was fooled. files: those that analyses left, by key.
    """
    facts = report.model_dump(mode="json")
    if facts["hardening"]:
        facts["hardening"] = {**dict.fromkeys(_LATER_PARTS), **facts["hardening"]}
    layers = _layers(report)
    names = report.model.labels
    return (
        environment()
        .get_template("report.html")
        .render(
            r=facts,
            style=page_style(),
            worst=_worst(facts),
            failed=[c for c in facts["checks"] if c["status"] == "fail"],
            nearest=_nearest(facts),
            groups=_groups(facts),
            over_eps=charts.over_change(report),
            over_steps=charts.over_steps(report),
            histograms=charts.histograms(report),
            classes=_classes(report),
            confusions=_confusions(report),
            class_text=lambda label: formatting.class_text(label, names),
            layers=layers,
            paper={layer.name: layer.paper_name for layer in report.neurons.layers} if report.neurons else {},
            analyses=views(report, files),
            own_analyses=own_views(report, files),
            ratio_top=_largest_ratio(layers),
            many=charts.MANY_LAYERS,
            by_depth=charts.by_depth(report.neurons.layers) if report.neurons else [],
            open_layers=OPEN_LAYERS,
            epochs=charts.epochs(facts["hardening"]),
            by_layer=charts.by_layer(facts["hardening"]),
            own=bool(facts["hardening"]) and facts["hardening"].get("id") == facts["id"],
            sides=_sides(facts["hardening"]),
            close=_sides((facts["hardening"] or {}).get("scrutiny")),
            beside=_beside(facts["hardening"]),
            pairs_eps=as_written(report.neurons.pairs.eps) if report.neurons else "",
            pictures=[asdict(p) for p in pictures],
            pictures_by=_shown_by(report, pictures),
        )
    )


def _shown_by(report: Report, pictures: Sequence[WorstExample]) -> str:
    """Name the attack whose examples are shown."""
    attack = next((a for a in report.attacks if pictures and a.id == pictures[0].attack), None)
    if attack is None:
        return ""
    return f"{formatting.attack_text(attack.name, attack.params)} ({formatting.threat_text(attack)})"


def _worst(facts: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The headline: of every norm, and of the corruptions, the threat model that leaves least; at most three."""
    least: dict[str, dict[str, Any]] = {}
    for w in facts["worst_case"]:
        threat = w["threat"]
        sort = threat["norm"] or threat["kind"]
        if threat["kind"] != "minimal" and (sort not in least or w["robust_accuracy"] < least[sort]["robust_accuracy"]):
            least[sort] = w
    return sorted(least.values(), key=_is_corruption)[:3]


def _is_corruption(block: Mapping[str, Any]) -> bool:
    return bool(block["threat"]["kind"] == "corruption")


def _nearest(facts: Mapping[str, Any]) -> dict[str, Any] | None:
    """The minimal-norm attack that says most: the one that fools most, then the one with the smallest median."""
    found = [a for a in facts["attacks"] if a["threat"]["kind"] == "minimal" and a["distance"]["median"] is not None]
    return min(found, key=lambda a: (-a["success_rate"], a["distance"]["median"]), default=None)


def _groups(facts: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Threat models, each with its worst case and its attacks: norms as they were asked for, eps rising."""
    attacks = {a["id"]: a for a in facts["attacks"]}
    groups = [
        {"title": w["threat"]["label"], "worst": w, "attacks": [attacks[i] for i in w["attacks"]]}
        for w in facts["worst_case"]
        if not _is_corruption(w)
    ]
    noisy = [a for a in facts["attacks"] if _is_corruption(a)]
    norms = list(dict.fromkeys(w["threat"]["norm"] for w in facts["worst_case"]))

    def place(group: Mapping[str, Any]) -> tuple[int, float]:
        threat = group["worst"]["threat"]
        return norms.index(threat["norm"]), math.inf if threat["eps"] is None else threat["eps"]

    groups.sort(key=place)
    return [*groups, {"title": "Common corruptions", "worst": None, "attacks": noisy}] if noisy else groups


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
    candidates = [a for a in report.attacks if a.threat is not None and a.threat.bounded] or report.attacks
    attack = max(candidates, key=lambda a: int(a.figures.get("successes", 0)), default=None)
    if attack is None or not attack.figures.get("confusions"):
        return None
    return {
        "attack": formatting.attack_text(attack.name, attack.params),
        "threat": formatting.threat_text(attack),
        "ways": attack.figures["confusions"][:6],
        "most": attack.figures["confusions"][0][2],
    }


def _layers(report: Report) -> list[dict[str, Any]]:
    if report.neurons is None:
        return []
    return [_layer(layer) for layer in report.neurons.layers]


def _layer(layer: LayerSensitivity) -> dict[str, Any]:
    return {
        "name": layer.name,
        "kind": layer.kind + (", no norm after it" if layer.norm_folded else ""),
        "depth": layer.depth,
        "neurons": layer.neurons,
        "ratio": layer.ratio,
        "sensitivity": layer.sensitivity,
        "dead": len(layer.dead),
        "omega": len(layer.top),
        "top": [n.model_dump() for n in layer.ranking[:5]],
        "figure": charts.sorted_sensitivity(layer),
    }


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


def _beside(hardening: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    """Rows of the table of both methods: clean, every attack, the worst cases."""
    rival = (hardening or {}).get("rival")
    if not hardening or not rival:
        return []
    return _sides({"before": rival["side"], "after": hardening["after"]})


def _side(block: Mapping[str, Any]) -> dict[str, Any]:
    value = block["accuracy"] if "accuracy" in block else block["robust_accuracy"]
    return {"value": value, "ci95": block["ci95"], "n": block["n"]}

"""The report as one page: no script, no outside resource, every text escaped, every number taken from the report."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from types import MappingProxyType

from openapi.analyses.sensitivity import LayerSensitivity, NeuronRank
from openapi.base import as_written
from openapi.report import AttackReport, Report, WorstCase, untried
from workers.reports import charts, formatting
from workers.reports.analyses import own_views, views
from workers.reports.before_and_after import Compared, rows
from workers.reports.figures import Figure
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
    layers = [_layer(layer) for layer in report.neurons.layers] if report.neurons else []
    names = report.model.labels
    compared = Compared.of(report)
    return (
        environment()
        .get_template("report.html")
        .render(
            r=facts,
            style=page_style(),
            worst=_worst(report),
            failed=[c for c in report.checks if c.status == "fail"],
            nearest=_nearest(report),
            groups=_groups(report),
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
            sides=rows(compared.before, compared.after),
            close=[] if compared.scrutiny is None else rows(compared.scrutiny.before, compared.scrutiny.after),
            beside=[] if compared.rival is None else rows(compared.rival.side, compared.after),
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


def _worst(report: Report) -> list[WorstCase]:
    """The headline: of every norm, and of the corruptions, the threat model that leaves least; at most three."""
    least: dict[str, WorstCase] = {}
    for w in report.worst_case:
        if w.threat is None or w.threat.kind == "minimal" or untried(w, report.attacks):
            continue
        sort = w.threat.norm or w.threat.kind
        if sort not in least or w.robust_accuracy < least[sort].robust_accuracy:
            least[sort] = w
    return sorted(least.values(), key=_is_corruption)[:3]


def _is_corruption(block: AttackReport | WorstCase) -> bool:
    return block.threat is not None and block.threat.kind == "corruption"


def _nearest(report: Report) -> AttackReport | None:
    """The minimal-norm attack that says most: the one that fools most, then the one with the smallest median."""

    def place(attack: AttackReport) -> tuple[float, float]:
        return -(attack.success_rate or 0.0), attack.distance.median or 0.0

    minimal = [a for a in report.attacks if a.threat is not None and a.threat.kind == "minimal"]
    return min((a for a in minimal if a.distance.median is not None), key=place, default=None)


@dataclass(frozen=True)
class Group:
    """The attacks of a threat model, and their worst case; of the corruptions there is none."""

    title: str
    worst: WorstCase | None
    attacks: list[AttackReport]


def _groups(report: Report) -> list[Group]:
    """Threat models, each with its worst case and its attacks: norms as they were asked for, eps rising."""
    attacks = {a.id: a for a in report.attacks}
    noisy = [a for a in report.attacks if _is_corruption(a)]
    norms = list(dict.fromkeys(None if w.threat is None else w.threat.norm for w in report.worst_case))

    def place(w: WorstCase) -> tuple[int, float]:
        norm, eps = (None, None) if w.threat is None else (w.threat.norm, w.threat.eps)
        return norms.index(norm), math.inf if eps is None else eps

    found = [
        Group(formatting.threat_text(w), w, [attacks[i] for i in w.attacks])
        for w in sorted(report.worst_case, key=place)
        if not _is_corruption(w)
    ]
    return [*found, Group("Common corruptions", None, noisy)] if noisy else found


@dataclass(frozen=True)
class Cell:
    """Images of a class that stay correct, and their share of the class."""

    robust: int
    share: float


@dataclass(frozen=True)
class ClassRow:
    """A class: clean, and under every attack."""

    label: int
    n: int
    cells: list[Cell]


@dataclass(frozen=True)
class ClassTable:
    """The rows of the weakest classes, of so many in `total`."""

    rows: list[ClassRow]
    total: int
    attacks: tuple[AttackReport, ...]


def _classes(report: Report) -> ClassTable | None:
    """Class-wise robust accuracy: rows are classes, columns are clean and every attack."""
    found = {c.label: [c] for c in report.clean.by_class}
    if len(found) < 2:
        return None
    for attack in report.attacks:
        for c in attack.by_class:
            found[c.label].append(c)
    labels = sorted(found)
    if len(labels) > MOST_CLASSES:
        labels = sorted(labels, key=lambda k: (min(c.robust / c.n for c in found[k]), k))[:MOST_CLASSES]
    table = [ClassRow(k, found[k][0].n, [Cell(c.robust, c.robust / c.n) for c in found[k]]) for k in labels]
    return ClassTable(table, len(found), report.attacks)


@dataclass(frozen=True)
class Confusions:
    """Ways to be fooled: (true class, class after the attack, samples), the commonest first; `most` is its count."""

    attack: str
    threat: str
    ways: list[tuple[int, int, int]]
    most: int


def _confusions(report: Report) -> Confusions | None:
    """The commonest mistakes under the attack that fooled most."""
    candidates = [a for a in report.attacks if a.threat is not None and a.threat.bounded] or report.attacks
    attack = max(candidates, key=lambda a: int(a.figures.get("successes", 0)), default=None)
    if attack is None or not attack.figures.get("confusions"):
        return None
    ways = [(int(true), int(after), int(n)) for true, after, n in attack.figures["confusions"][:6]]
    named = formatting.attack_text(attack.name, attack.params)
    return Confusions(named, formatting.threat_text(attack), ways, ways[0][2])


@dataclass(frozen=True)
class LayerRow:
    """A layer as the page shows it. dead, omega: how many neurons; top: the most sensitive ones."""

    name: str
    kind: str
    depth: int
    neurons: int
    ratio: Mapping[str, float | int | None]
    sensitivity: Mapping[str, float]
    dead: int
    omega: int
    top: tuple[NeuronRank, ...]
    figure: Figure


def _layer(layer: LayerSensitivity) -> LayerRow:
    return LayerRow(
        name=layer.name,
        kind=layer.kind + (", no norm after it" if layer.norm_folded else ""),
        depth=layer.depth,
        neurons=layer.neurons,
        ratio=layer.ratio,
        sensitivity=layer.sensitivity,
        dead=len(layer.dead),
        omega=len(layer.top),
        top=layer.ranking[:5],
        figure=charts.sorted_sensitivity(layer),
    )


def _largest_ratio(layers: Sequence[LayerRow]) -> float:
    values = [v for layer in layers for v in (layer.ratio.get("mean"), layer.ratio.get("mean_top")) if v]
    return max(values, default=1.0)

"""The figures of explanations: what groups of pixels do, by attack, and where perturbations lie."""

from openapi.analyses.explain import ExplainSection, ScoreCurve
from workers.reports.figures import Figure
from workers.reports.formatting import attack_text
from workers.reports.plots import shares
from workers.reports.svg import Series, accuracy_chart

#: Kinds of groups, and their places in the palette.
_TONES = {"suppression": 1, "balanced": 3, "promotion": 2, "negligible": 0}


def by_attack(section: ExplainSection) -> Figure:
    """What the perturbed groups do, a bar an attack; attacks without a success have none."""
    of_each = [(a.attack, a.shares) for a in section.attacks] or [(section.attack, section.shares)]
    rows = [
        (attack_text(spec.name, spec.model_dump()), [getattr(found, kind) for kind in _TONES])
        for spec, found in of_each
        if found is not None
    ]
    title = "What the groups of a perturbation do"
    says = (
        "Groups of pixels that push the true class down (suppression), lift the other (promotion), do both (balanced)"
        " or neither (negligible). Mostly negligible is unusual: the attack then changes more than it needs."
    )
    return Figure(title, shares(title, rows, list(_TONES.items())), list(_TONES.items()), says, "areas")


def scores(curve: ScoreCurve) -> Figure:
    """The interpretability score against the quantile, beside chance."""
    lines = [
        Series(name, [(q, v) for q, v in zip(curve.quantiles, values, strict=True)], tone)
        for name, values, tone in (
            ("true class", curve.true, 1),
            ("target", curve.target, 2),
            ("true class, by chance", curve.true_chance, 0),
            ("target, by chance", curve.target_chance, 4),
        )
    ]
    title = "Interpretability score against the quantile"
    says = (
        "How much of the perturbation lies where the network sees a class, as the part that counts as seen gets "
        "smaller. Well above its chance level the attack works on what matters for the class; a line at its chance "
        "level, or below, is unusual: the attack then works elsewhere."
    )
    drawing = accuracy_chart(title, "quantile of the map", lines)
    return Figure(title, drawing, [(line.name, line.tone) for line in lines], says)

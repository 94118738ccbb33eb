"""The tables of a hardening's page: accuracies of two models side by side."""

from dataclasses import dataclass
from typing import Literal, Self

from openapi.base import NEWER, Frozen
from openapi.report import AttackReport, Clean, Interval, Report, WorstCase
from openapi.stages.comparison import Side


class Sides(Frozen):
    """What was measured before and after; None of a hardening without a result."""

    before: Side | None = None
    after: Side | None = None


class RivalSide(Frozen):
    """The method that a hardening is shown beside."""

    side: Side


class Compared(Sides):
    """The parts of a report's `hardening` that are shown side by side (see `openapi.stages.comparison`)."""

    scrutiny: Sides | None = None
    rival: RivalSide | None = None

    @classmethod
    def of(cls, report: Report) -> Self:
        """Those of a report; empty without a hardening."""
        return cls.model_validate(report.hardening or {}, extra=NEWER)


@dataclass(frozen=True)
class Share:
    """A robust accuracy (or the clean one) of `n` images."""

    value: float
    ci95: Interval
    n: int


@dataclass(frozen=True)
class Row:
    """A line: clean images, an attack, or the worst case of a threat model, which `item` is."""

    kind: Literal["clean", "attack", "worst"]
    item: AttackReport | WorstCase | None
    before: Share
    after: Share


def rows(before: Side | None, after: Side | None) -> list[Row]:
    """Clean, every attack, the worst cases: those that both sides have; none without one of the sides."""
    if before is None or after is None:
        return []
    found = [Row("clean", None, _share(before.clean), _share(after.clean))]
    attacks = {a.id: a for a in after.attacks}
    found += [Row("attack", a, _share(a), _share(attacks[a.id])) for a in before.attacks if a.id in attacks]
    worst = {w.threat_model: w for w in after.worst_case}
    return found + [
        Row("worst", w, _share(w), _share(worst[w.threat_model])) for w in before.worst_case if w.threat_model in worst
    ]


def _share(block: Clean | AttackReport | WorstCase) -> Share:
    value = block.accuracy if isinstance(block, Clean) else block.robust_accuracy
    return Share(value, block.ci95, block.n)

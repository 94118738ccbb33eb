"""Before against after: what a hardening gained, and whether it may be called a success."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from openapi.intervals import mcnemar
from openapi.report import RuleResult
from openapi.stages.comparison import ClassChange, Gain
from openapi.text import counted
from openapi.threat_models import families
from workers.reports.merge import AttackTable

#: The error that a paired test allows.
LEVEL = 0.05
#: Samples of a class that are named as won or lost.
_NAMED = 50


def gains(before: Sequence[AttackTable], after: Sequence[AttackTable]) -> list[Gain]:
    """Per threat model of `before`: robust samples before and after, gained and lost, and whether by chance.

    The two sides may have different attacks; each sample's worst case over those of a threat model counts.
    """
    found = []
    later = families([t.spec for t in after])
    for threat, positions in families([t.spec for t in before]).items():
        old, new = _worst(before, positions), _worst(after, later[threat])
        gained, lost = int((new & ~old).sum()), int((old & ~new).sum())
        p = mcnemar(gained, lost)
        found.append(
            Gain(
                threat_model=str(threat),
                threat=threat,
                before=int(old.sum()),
                after=int(new.sum()),
                n=len(old),
                gain=(gained - lost) / len(old),
                gained=gained,
                lost=lost,
                beyond_chance=gained > lost and p <= LEVEL,
                p=p,
            )
        )
    return found


def deciding(rows: Sequence[Gain]) -> list[Gain]:
    """The bounded threat models; all of them, if none is: without a bound every model falls, before and after."""
    return [row for row in rows if row.threat is not None and row.threat.bounded] or list(rows)


def class_changes(
    before: Sequence[AttackTable], after: Sequence[AttackTable], names: Sequence[str] | None
) -> tuple[ClassChange, ...]:
    """Which samples of every class were won and lost, in the worst case over the bounded threat models."""
    old, new = _overall(before), _overall(after)
    label, index = before[0].label, before[0].index
    found = []
    for c in np.unique(label).tolist():
        of_class = label == c
        won, lost = index[of_class & new & ~old], index[of_class & old & ~new]
        found.append(
            ClassChange(
                label=c,
                name=names[c] if names and c < len(names) else None,
                n=int(of_class.sum()),
                before=int(old[of_class].sum()),
                after=int(new[of_class].sum()),
                gained=len(won),
                given_up=len(lost),
                won=tuple(won[:_NAMED].tolist()),
                lost=tuple(lost[:_NAMED].tolist()),
            )
        )
    return tuple(found)


def hardening_rules(
    before: Sequence[AttackTable],
    after: Sequence[AttackTable],
    max_clean_drop: float,
    signs_of_masking: int | None = None,
    close: Sequence[Gain] = (),
) -> tuple[RuleResult, ...]:
    """All pass only when clean accuracy fell by at most `max_clean_drop`, every bounded worst case rose, also under the
    close look, and nothing says that the rise is one of masked gradients.

    A rise that chance explains (McNemar's exact test, 95 %) is inconclusive. close: the gains under the close look,
    whose samples are fewer: that none was gained among them leaves it open whether any was.
    """
    drop = clean_drop(before, after)
    # Rates are counts over n: the small term keeps a drop that is equal to the limit from failing by rounding.
    rules = [_rule("hardening.clean_drop", "<=", max_clean_drop, drop, drop <= max_clean_drop + 1e-12)]
    for row in deciding(gains(before, after)):
        rose = row.gain > 0
        rule = _rule(f"hardening.gains.{row.threat_model}.gain", ">", 0.0, row.gain, rose)
        if rose and not row.beyond_chance:
            detail = f"{counted(row.gained, 'sample')} gained and {row.lost} lost: chance may explain the rise"
            rule = rule.model_copy(update={"status": "inconclusive", "detail": detail})
        rules.append(rule)
    for row in deciding(close):
        rule = _rule(f"hardening.scrutiny.gains.{row.threat_model}.gain", ">", 0.0, row.gain, row.beyond_chance)
        if not row.beyond_chance:
            detail = (
                f"{row.gained} of {row.n} samples gained and {row.lost} lost under the close look: not beyond chance"
            )
            rule = rule.model_copy(update={"status": "inconclusive", "detail": detail})
        rules.append(rule)
    if signs_of_masking is not None:
        rules.append(_rule("hardening.signs_of_masking", "==", 0.0, float(signs_of_masking), signs_of_masking == 0))
    return tuple(rules)


def clean_drop(before: Sequence[AttackTable], after: Sequence[AttackTable]) -> float:
    """Loss of clean accuracy; negative when it rose."""
    return _clean(before) - _clean(after)


def _worst(tables: Sequence[AttackTable], positions: Sequence[int]) -> npt.NDArray[np.bool_]:
    robust: npt.NDArray[np.bool_] = np.logical_and.reduce([tables[i].robust for i in positions])
    return robust


def _overall(tables: Sequence[AttackTable]) -> npt.NDArray[np.bool_]:
    limited = [i for i, t in enumerate(tables) if t.spec.threat_model.untargeted.bounded]
    return _worst(tables, limited or range(len(tables)))


def _clean(tables: Sequence[AttackTable]) -> float:
    return float(np.logical_and.reduce([t.correct for t in tables]).mean())


def _rule(metric: str, op: str, value: float, actual: float, good: bool) -> RuleResult:
    return RuleResult.model_validate(
        {"metric": metric, "op": op, "value": value, "actual": actual, "status": "pass" if good else "fail"}
    )

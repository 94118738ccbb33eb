"""Before against after: what a hardening gained, and whether it may be called a success."""

from collections.abc import Sequence

import numpy as np

from openapi.report import ReportVerdict, RuleResult
from openapi.stages.comparison import Gain
from openapi.threat_models import families
from workers.reports.intervals import clearly_more
from workers.reports.merge import AttackTable


def gains(before: Sequence[AttackTable], after: Sequence[AttackTable]) -> list[Gain]:
    """Per threat model: robust samples before and after, gained, lost, and whether the rise is more than chance."""
    found = []
    for threat, positions in families([t.spec for t in before]).items():
        old, new = (np.logical_and.reduce([side[i].robust for i in positions]) for side in (before, after))
        gained, lost = int((new & ~old).sum()), int((old & ~new).sum())
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
                beyond_chance=clearly_more(gained, lost),
            )
        )
    return found


def hardening_verdict(
    before: Sequence[AttackTable], after: Sequence[AttackTable], max_clean_drop: float
) -> ReportVerdict:
    """Pass only when clean accuracy fell by at most `max_clean_drop` and every bounded worst case rose.

    A rise that chance explains (McNemar's test, 95 %) is inconclusive. Never a success otherwise.
    """
    drop = _clean(before) - _clean(after)
    # Rates are counts over n: the small term keeps a drop that is equal to the limit from failing by rounding.
    rules = [_rule("hardening.clean_drop", "<=", max_clean_drop, drop, drop <= max_clean_drop + 1e-12)]
    rows = gains(before, after)
    # Without a bound every model falls, before and after: such threat models are shown and do not decide.
    for row in [r for r in rows if r.threat is not None and r.threat.bounded] or rows:
        rose = row.gain > 0
        rule = _rule(f"hardening.gains.{row.threat_model}.gain", ">", 0.0, row.gain, rose)
        if rose and not row.beyond_chance:
            detail = f"{row.gained} samples gained and {row.lost} lost: chance may explain the rise"
            rule = rule.model_copy(update={"status": "inconclusive", "detail": detail})
        rules.append(rule)
    states = [r.status for r in rules]
    status = next((s for s in ("fail", "inconclusive") if s in states), "pass")
    return ReportVerdict.model_validate({"status": status, "rules": tuple(rules)})


def clean_drop(before: Sequence[AttackTable], after: Sequence[AttackTable]) -> float:
    """Loss of clean accuracy; negative when it rose."""
    return _clean(before) - _clean(after)


def _clean(tables: Sequence[AttackTable]) -> float:
    return float(np.logical_and.reduce([t.correct for t in tables]).mean())


def _rule(metric: str, op: str, value: float, actual: float, good: bool) -> RuleResult:
    return RuleResult.model_validate(
        {"metric": metric, "op": op, "value": value, "actual": actual, "status": "pass" if good else "fail"}
    )

"""Images without the region that an attack may change: nothing was tried on them, and what that does to the verdict."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from openapi.base import JsonObject
from openapi.policies import PolicyRule
from openapi.report import Check, ReportVerdict, RuleResult
from workers.reports.baselines import Judged, sampled
from workers.reports.merge import AttackTable
from workers.reports.policy import judge

DEFINITION = (
    "ours: only the pixels of an attack's `mask` may change; an image without any of them is not attacked, counts as "
    "not fooled where it is classified correctly, and is counted in `figures.without_region`"
)
#: What is told of an attack, a threat model or a class and means nothing where nothing was attacked.
_MEASURED = ("robust_accuracy", "robust", "ci95", "by_class")
#: Attacks that a check names one by one.
_NAMED = 3


def region_checks(tables: Sequence[AttackTable]) -> tuple[Check, ...]:
    """Whether every image has the region of every attack that has one; no check where no attack has one."""
    masked = [t for t in tables if t.spec.mask is not None]
    if not masked:
        return ()
    without = {t.id: found for t in masked if (found := _without(t))}
    untouched = {t.id: _untouched(t) for t in masked if t.id in without}
    told = [
        f"{t.id}: {without[t.id]} of {t.n} images have no pixel in the region {t.spec.region!r}; they were not "
        f"attacked, and the {untouched[t.id]} of them that are classified correctly count as not fooled"
        for t in masked
        if t.id in without
    ]
    detail = "; ".join(told[:_NAMED]) + (f"; and {len(told) - _NAMED} more attacks" if len(told) > _NAMED else "")
    check = Check(
        id="region-in-every-image",
        title="Every image has the region that an attack may change",
        status="fail" if told else "pass",
        detail=detail or "no image lacks it",
        numbers={"without_region": without, "not_fooled": untouched, "n": masked[0].n},
    )
    return (check,)


def judged(
    report: Mapping[str, Any],
    rules: Sequence[PolicyRule],
    tables: Sequence[AttackTable],
    baselines: Mapping[str, Judged] = MappingProxyType({}),
) -> ReportVerdict:
    """The verdict on a report (as JSON), see `policy.judge`.

    Where no image has an attack's region, its robust accuracy is an upper bound alone: a rule that it is too low for
    fails, any other that asks for it is inconclusive.
    """
    samples = sampled(tables) if baselines else None
    verdict = judge(report, rules, samples, baselines)
    blind = {t.id for t in tables if t.spec.mask is not None and _without(t) == t.n}
    if not blind:
        return verdict
    known = judge(_known(report, blind, tables), rules, samples, baselines).rules
    found = [_surer(full, seen, blind) for full, seen in zip(verdict.rules, known, strict=True)]
    states = [rule.status for rule in found]
    status = None if not states else next((s for s in ("fail", "inconclusive") if s in states), "pass")
    return ReportVerdict.model_validate({"status": status, "rules": tuple(found)})


def _without(table: AttackTable) -> int:
    return int(table.extras.get("without_region", 0))


def _untouched(table: AttackTable) -> int:
    """Samples that are classified correctly and lack the region; those of a chosen class are not attacked anyway."""
    rest = table.correct & ~table.attacked
    return int((rest if table.target is None else rest & (table.label != table.target)).sum())


def _known(report: Mapping[str, Any], blind: set[str], tables: Sequence[AttackTable]) -> JsonObject:
    """The report without what attacks that met no image measured."""
    limited = [t.id for t in tables if t.spec.threat_model.untargeted.bounded] or [t.id for t in tables]
    return {
        **report,
        "attacks": [_emptied(a) if a["id"] in blind else a for a in report["attacks"]],
        "worst_case": [_emptied(w) if blind.issuperset(w["attacks"]) else w for w in report["worst_case"]],
        "classes": [_emptied(c) if blind.issuperset(limited) else c for c in report["classes"]],
    }


def _emptied(member: Mapping[str, Any]) -> JsonObject:
    return {key: None if key in _MEASURED else value for key, value in member.items()}


def _surer(full: RuleResult, seen: RuleResult, blind: set[str]) -> RuleResult:
    """`full`: judged by the whole report; `seen`: without what the attacks `blind` say."""
    if seen.status != "inconclusive" or full.status == "inconclusive":
        return full
    if full.status == "fail" and full.op in (">=", ">"):
        return full
    detail = f"no image has the region that {', '.join(sorted(blind)[:_NAMED])} may change: nothing was attacked"
    return seen.model_copy(update={"detail": detail})

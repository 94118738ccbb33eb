"""Gates: a rule's metric is a path into the report; the verdict is pass only when every rule holds."""

import math
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Literal, TypedDict

from openapi.paired import Sampled
from openapi.policies import PolicyRule, holds
from openapi.report import ReportVerdict, RuleResult
from openapi.stages.report import ReportParams
from workers.reports.baselines import Judged, change, same_images
from workers.reports.metrics import UnknownMetric, interval, metric


def judge(
    report: Mapping[str, Any],
    rules: Sequence[PolicyRule],
    samples: Sampled | None = None,
    baselines: Mapping[str, Judged] = MappingProxyType({}),
) -> ReportVerdict:
    """Evaluate all rules on a report (as JSON): fail if one fails, else inconclusive if one is, else pass.

    samples: of the same audit, by which it is paired with `baselines`, the audits that rules are relative to.
    Without rules the status is None: nothing was asked, so nothing passed.
    """
    now = Judged(report, samples)
    results = tuple(_evaluate(now, rule, baselines) for rule in rules)
    states = [r.status for r in results]
    if not states:
        return ReportVerdict(status=None, rules=())
    status = next((s for s in ("fail", "inconclusive") if s in states), "pass")
    return ReportVerdict.model_validate({"status": status, "rules": results})


def early(verdict: ReportVerdict, params: ReportParams) -> ReportVerdict:
    """The verdict of an audit that ended early: rules that are broken for certain fail, and those that what did not run
    could have decided otherwise are inconclusive.

    params: ``broken`` and ``undecided``, positions of rules, and ``stopped``.
    """
    rules = []
    for i, rule in enumerate(verdict.rules):
        status, detail = rule.status, rule.detail
        if i in (params.broken or ()):
            status, detail = "fail", "broken whatever the rest would have found"
        elif params.stopped is not None and i in (params.undecided or ()):
            status, detail = "inconclusive", params.stopped.detail
        rules.append(rule.model_copy(update={"status": status, "detail": detail}))
    if not rules:
        return verdict
    states = [rule.status for rule in rules]
    total = next((s for s in ("fail", "inconclusive") if s in states), "pass")
    return ReportVerdict.model_validate({"status": total, "rules": tuple(rules)})


def _evaluate(now: Judged, rule: PolicyRule, baselines: Mapping[str, Judged]) -> RuleResult:
    about = {
        "metric": rule.metric,
        "op": rule.op,
        "value": rule.value,
        "actual": None,
        "status": "inconclusive",
        "policy_id": rule.policy_id,
    }
    try:
        about["actual"] = metric(now.report, rule.metric)
        found = _absolute(now, rule) if rule.relative_to is None else _relative(now, rule, baselines)
    except UnknownMetric as error:
        found = {"detail": str(error)}
    if rule.relative_to is not None:
        about |= {"relative_to": rule.relative_to, "drop": rule.drop or 0.0}
    return RuleResult.model_validate({**about, **found})


class _Found(TypedDict, total=False):
    """What a rule comes to: fields of `RuleResult`."""

    status: Literal["pass", "fail", "inconclusive"]
    ci95: tuple[float, float] | None
    detail: str | None
    value: float
    baseline: float


def _absolute(now: Judged, rule: PolicyRule) -> _Found:
    actual, limit = metric(now.report, rule.metric), rule.value or 0.0
    ci95 = interval(now.report, rule.metric) if rule.intervals and rule.op != "==" else None
    return _status(rule, ci95 or (actual, actual), limit, ci95)


def _relative(now: Judged, rule: PolicyRule, baselines: Mapping[str, Judged]) -> _Found:
    before = baselines.get(rule.relative_to or "")
    if before is None:
        return {"detail": f"the audit {rule.relative_to} has no report (any more)"}
    if not same_images(now, before):
        return {
            "detail": f"the audit {rule.relative_to} is of other images, which no number of this one is relative to"
        }
    try:
        baseline = metric(before.report, rule.metric)
    except UnknownMetric as error:
        return {"detail": f"in the audit {rule.relative_to}: {error}"}
    ci95 = change(rule.metric, now, before) if rule.intervals else None
    # Rates are counts over n: the small term keeps a drop that is equal to the limit from failing by rounding.
    slack = math.copysign(1e-12, rule.margin or (-1.0 if rule.op in (">=", ">") else 1.0))
    moved = metric(now.report, rule.metric) - baseline
    found = _status(rule, ci95 or (moved, moved), rule.margin + slack, ci95)
    return {**found, "value": baseline + rule.margin, "baseline": baseline}


def _status(rule: PolicyRule, ends: tuple[float, float], limit: float, ci95: tuple[float, float] | None) -> _Found:
    """Pass where both ends fulfil the rule, fail where none does, else inconclusive."""
    held = [holds(rule.op, end, limit) for end in ends]
    status: Literal["pass", "fail", "inconclusive"] = "pass" if all(held) else "inconclusive" if any(held) else "fail"
    detail = "the 95 % interval reaches over the limit: more samples would decide" if status == "inconclusive" else None
    return {"status": status, "ci95": ci95, "detail": detail}

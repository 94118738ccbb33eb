"""Gates: a rule's metric is a path into the report; the verdict is pass only when every rule holds."""

import math
import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from openapi.audits import PolicyRule
from openapi.metrics import called, longest
from openapi.report import ReportVerdict, RuleResult
from openapi.stages.report import ReportParams
from openapi.threat_models import ThreatModel

_OPERATORS: dict[str, Callable[[float, float], bool]] = {
    ">=": operator.ge,
    ">": operator.gt,
    "<=": operator.le,
    "<": operator.lt,
    "==": operator.eq,
}
#: What the members of the report's lists are called by.
_KEYS = ("id", "threat_model", "name", "neuron", "label")


class UnknownMetric(LookupError):
    """The path leads nowhere; the message says how far it led."""


def judge(report: Mapping[str, Any], rules: Sequence[PolicyRule]) -> ReportVerdict:
    """Evaluate all rules on a report (as JSON): fail if one fails, else inconclusive if one is, else pass.

    Without rules the status is None: nothing was asked, so nothing passed.
    """
    results = tuple(_evaluate(report, rule) for rule in rules)
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


def _evaluate(report: Mapping[str, Any], rule: PolicyRule) -> RuleResult:
    actual, detail = None, None
    try:
        actual = metric(report, rule.metric)
    except UnknownMetric as error:
        detail = str(error)
    status = "inconclusive"
    if actual is not None:
        status = "pass" if _OPERATORS[rule.op](actual, rule.value) else "fail"
    return RuleResult.model_validate(
        {
            "metric": rule.metric,
            "op": rule.op,
            "value": rule.value,
            "actual": actual,
            "status": status,
            "detail": detail,
        }
    )


def metric(report: Mapping[str, Any], path: str) -> float:
    """Look up a number by its dotted path.

    Members of lists are called by their id, threat model or name, which may hold dots:
    ``attacks.pgd-linf-0.0314-10.robust_accuracy``, ``worst_case.linf eps=0.031373.robust_accuracy``,
    ``neurons.layers.features.0.ratio.mean``, ``classes.cat.robust_accuracy``. The beginning of a member's name up to a
    dash or a space stands for all members that begin so, and a list without a name for all its members; of several the
    least number counts: ``worst_case.robust_accuracy``, ``worst_case.linf.robust_accuracy``,
    ``attacks.pgd-linf.robust_accuracy``. Nameless lists count bounded threat models only, if there is one; the others
    must be called (``worst_case.l2 minimal…``). A check counts 1 when it passed and 0 when it failed.
    Raises `UnknownMetric`.
    """
    return _number(_walk(report, path, ""), path)


def _walk(node: Any, path: str, seen: str) -> Any:
    if not path:
        return node
    if isinstance(node, Mapping):
        key, rest = longest(node, path)
        if key is None:
            here = f"{seen!r} has" if seen else "the report has"
            raise UnknownMetric(f"{here} no {path!r}; there are {', '.join(map(str, list(node)[:20]))}")
        return _walk(node[key], rest, f"{seen}.{key}".strip("."))
    if isinstance(node, Sequence) and not isinstance(node, str):
        members = [m for m in node if isinstance(m, Mapping)]
        chosen, rest = _members(members, path)
        if chosen:
            return _least([_walk(m, rest, f"{seen}.{_called(m)}") for m in chosen], path)
        if members and path.partition(".")[0] in members[0]:
            return _least([_walk(m, path, f"{seen}.{_called(m)}") for m in _bounded(members)], path)
        names = ", ".join(_called(m) for m in members[:12]) or "nothing"
        raise UnknownMetric(f"{seen!r} has no {path!r}; there are {names}")
    if node is None:
        raise UnknownMetric(f"{seen!r} is null in this report; its `checks` say why")
    raise UnknownMetric(f"{seen!r} is a single value and has no {path!r}")


def _members(members: Iterable[Mapping[str, Any]], path: str) -> tuple[list[Mapping[str, Any]], str]:
    """The members that the path's beginning names, and the rest."""
    every = list(members)
    # A class may be called by its number too; names go first.
    named = {str(m["label"]): m for m in every if m.get("label") is not None} | {_called(m): m for m in every}
    chosen, rest = called(list(named), path)
    return [named[name] for name in chosen], rest


def _bounded(members: list[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The bounded threat models, when there is one: without a bound every model falls, which is no news."""
    return [m for m in members if "threat" in m and ThreatModel.model_validate(m["threat"]).bounded] or members


def _called(member: Mapping[str, Any]) -> str:
    return next((str(member[key]) for key in _KEYS if member.get(key) is not None), "?")


def _least(values: list[Any], path: str) -> Any:
    return values[0] if len(values) == 1 else min(_number(v, path) for v in values)


def _number(value: Any, path: str) -> float:
    if isinstance(value, Mapping) and value.get("status") in ("pass", "fail") and "title" in value:
        return float(value["status"] == "pass")
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        what = "null" if value is None else f"no number but {type(value).__name__}"
        raise UnknownMetric(f"{path!r} is {what} in this report")
    return float(value)

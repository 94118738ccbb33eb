"""A report's numbers by their paths, with the intervals of those that are proportions."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from openapi.intervals import wilson
from openapi.metric_names import called, longest
from openapi.threat_models import ThreatModel

#: What the members of the report's lists are called by.
_KEYS = ("id", "threat_model", "name", "neuron", "label")
#: Fields that are proportions → the fields beside them that count what they are shares of, and of how many.
_COUNTS = {
    "accuracy": ("correct", "n"),
    "robust_accuracy": ("robust", "n"),
    "success_rate": ("reached", "n"),
    "rate": ("still_fooled", "n"),
}


#: Parts of a report that no check is of → why they are null.
_WHY_NULL = {
    "replay": "no earlier audit was named in `replay_of`, whose examples would have been tried first",
    "hardening": "no hardening was asked for",
    "stopped": "everything ran",
}


class UnknownMetric(LookupError):
    """The path leads nowhere; the message says how far it led."""


class _Null(LookupError):
    """The path leads into a part that is null; the argument is its path."""


@dataclass(frozen=True)
class Leaf:
    """One value that a path leads to: the `field` of a block of the report."""

    block: Mapping[str, Any]
    field: str
    value: Any

    def counts(self) -> tuple[int, int] | None:
        """(successes, n) of a proportion; None for any other number."""
        block, names = self.block, _COUNTS.get(self.field)
        if self.field == "success_rate" and "figures" in block:
            block, names = block["figures"], ("successes", "attacked")
        hits, n = (block.get(name) for name in names) if names else (None, None)
        return (hits, n) if isinstance(hits, int) and isinstance(n, int) and n > 0 else None


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
    return _number(least(report, path).value, path)


def least(report: Mapping[str, Any], path: str) -> Leaf:
    """Of what a path leads to, the place of the least number. Raises `UnknownMetric`."""
    found = leaves(report, path)
    return found[0] if len(found) == 1 else min(found, key=lambda leaf: _number(leaf.value, path))


def interval(report: Mapping[str, Any], path: str) -> tuple[float, float] | None:
    """The 95 % Wilson interval of a proportion; None of a number that is none.

    Of several it holds where the least of them lies: from the least lower to the least upper end.
    Raises `UnknownMetric`.
    """
    counts = [leaf.counts() for leaf in leaves(report, path)]
    bounds = [wilson(*pair) for pair in counts if pair is not None]
    if len(bounds) < len(counts):
        return None
    return min(low for low, _ in bounds), min(high for _, high in bounds)


def leaves(report: Mapping[str, Any], path: str) -> list[Leaf]:
    """All that a path leads to, at least one. Raises `UnknownMetric`."""
    try:
        return _walk(Leaf({}, "", report), path, "")
    except _Null as error:
        seen = str(error)
        raise UnknownMetric(f"{seen!r} is null in this report: {_why_null(report, seen)}") from error


def _why_null(report: Mapping[str, Any], seen: str) -> str:
    """What the check of a missing part says of it."""
    told = next((str(check["detail"]) for check in report.get("checks") or () if check["id"] == seen), None)
    return told or _WHY_NULL.get(seen, "it was not measured")


def _walk(at: Leaf, path: str, seen: str) -> list[Leaf]:
    node = at.value
    if not path:
        return [at]
    if isinstance(node, Mapping):
        key, rest = longest(node, path)
        if key is None:
            here = f"{seen!r} has" if seen else "the report has"
            raise UnknownMetric(f"{here} no {path!r}; there are {', '.join(map(str, list(node)[:20]))}")
        return _walk(Leaf(node, key, node[key]), rest, f"{seen}.{key}".strip("."))
    if isinstance(node, Sequence) and not isinstance(node, str):
        members = [m for m in node if isinstance(m, Mapping)]
        chosen, rest = _members(members, path)
        if not chosen and members and path.partition(".")[0] in members[0]:
            chosen, rest = _bounded(members), path
        if chosen:
            return [leaf for m in chosen for leaf in _walk(Leaf({}, "", m), rest, f"{seen}.{_called(m)}")]
        names = ", ".join(_called(m) for m in members[:12]) or "nothing"
        raise UnknownMetric(f"{seen!r} has no {path!r}; there are {names}")
    if node is None:
        raise _Null(seen)
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


def _number(value: Any, path: str) -> float:
    if isinstance(value, Mapping) and value.get("status") in ("pass", "fail") and "title" in value:
        return float(value["status"] == "pass")
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        what = "null" if value is None else f"no number but {type(value).__name__}"
        raise UnknownMetric(f"{path!r} is {what} in this report")
    return float(value)

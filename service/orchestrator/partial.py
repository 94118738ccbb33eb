"""Audits that end before all of it has run: their time is over, or a rule of their policy is broken for certain."""

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from openapi.attacks import AttackSpec
from openapi.audits import AuditRequest
from openapi.metric_names import called
from openapi.policies import PolicyRule
from openapi.stages.attack import AttackValue
from openapi.stages.places import Place, Whose
from openapi.threat_models import families
from service.orchestrator.evaluation import Slice
from service.orchestrator.plan import Done

#: (attack, slice) → what the attack did to the slice.
Attacked = Mapping[tuple[int, int], AttackValue]

_HOLDS: dict[str, Callable[[float, float], bool]] = {">=": operator.ge, ">": operator.gt}


def attacked(rows: Sequence[Done]) -> Attacked:
    """What the attacks among the steps did, by attack and slice."""
    found: dict[tuple[int, int], AttackValue] = {}
    for row in rows:
        place = Place.find(row.name)
        if place is not None and place.attack is not None and place.whose is Whose.BEFORE:
            found[place.attack, place.slice] = row.value(AttackValue)
    return found


def broken_rules(
    request: AuditRequest, cuts: Sequence[Slice], done: Attacked, names: Sequence[str] | None = None
) -> list[int]:
    """Positions of the rules that fail whatever the shards that are not done would find; names: of the classes.

    A sample that some attack has fooled stays fooled, so that accuracies have an upper bound at any time: what has not
    been tried counts as robust. Rules of other kinds, those that are judged by intervals, and those that are relative
    to another audit are never certain before the end.
    """
    most = _Most(request.attacks or (), cuts, done, names)
    found = []
    for i, rule in enumerate(request.policy.rules):
        if rule.value is None or rule.intervals:
            continue
        bound, holds = most.of(rule.metric), _HOLDS.get(rule.op)
        if bound is not None and holds is not None and not holds(bound, rule.value):
            found.append(i)
    return found


class _Most:
    """The most that an accuracy can still be."""

    def __init__(
        self, specs: Sequence[AttackSpec], cuts: Sequence[Slice], done: Attacked, names: Sequence[str] | None
    ) -> None:
        self._specs, self._sizes, self._done = specs, [stop - start for start, stop in cuts], done
        self._names = names or ()

    def of(self, metric: str) -> float | None:
        """The bound of a metric; None for one that has none."""
        head, _, rest = metric.partition(".")
        if metric == "clean.accuracy":
            return self._least(range(len(self._specs)), "clean")
        if head == "attacks":
            names = {str(spec.id): [i] for i, spec in enumerate(self._specs)}
            return self._named(names, rest, list(names))
        if head == "worst_case":
            threats = families(self._specs)
            nameless = [t for t in threats if t.bounded] or list(threats)
            return self._named({str(t): at for t, at in threats.items()}, rest, [str(t) for t in nameless])
        return self._of_classes(rest) if head == "classes" else None

    def _of_classes(self, rest: str) -> float | None:
        """The least over the classes that a path names (all where it names none), of those that were met so far."""
        met = {label for value in self._done.values() for label in value.by_class or ()}
        members = {str(label): label for label in met}
        members |= {name: label for label, name in enumerate(self._names) if label in met}
        nameless = rest in ("accuracy", "robust_accuracy")
        chosen, field = (list(members), rest) if nameless else called(list(members), rest)
        if field not in ("accuracy", "robust_accuracy") or not chosen:
            return None
        return min(self._of_class(members[name], robust=field == "robust_accuracy") for name in chosen)

    def _of_class(self, label: int, *, robust: bool) -> float:
        """The most of one class: whatever was not tried may be of it, and resist."""
        limited = {i for i, spec in enumerate(self._specs) if spec.threat_model.untargeted.bounded}
        fooling = (limited or set(range(len(self._specs)))) if robust else set[int]()
        lost = most = 0
        for j, size in enumerate(self._sizes):
            counts = {
                i: value.by_class.get(label, (0, 0, 0))
                for (i, at), value in self._done.items()
                if at == j and value.by_class is not None
            }
            most += max((n for n, _, _ in counts.values()), default=size)
            lost += max(
                (n - right + (fooled if i in fooling else 0) for i, (n, right, fooled) in counts.items()), default=0
            )
        return (most - lost) / most if most else 1.0

    def _named(self, members: Mapping[str, Sequence[int]], rest: str, nameless: Sequence[str]) -> float | None:
        chosen, field = (list(nameless), rest) if rest == "robust_accuracy" else called(list(members), rest)
        if field != "robust_accuracy" or not chosen:
            return None
        return min(self._least(members[name], "robust") for name in chosen)

    def _least(self, attacks: Sequence[int], what: str) -> float:
        left = 0
        for j, size in enumerate(self._sizes):
            values = [self._done[i, j] for i in attacks if (i, j) in self._done]
            fooled = [value.success if what == "robust" else 0 for value in values]
            left += min([size, *(value.clean_correct - f for value, f in zip(values, fooled, strict=True))])
        return left / sum(self._sizes)


@dataclass(frozen=True)
class Ran:
    """What a report can be made of: positions of attacks and slices such that each of those attacks did all of those
    slices."""

    attacks: tuple[int, ...]
    slices: tuple[int, ...]


def what_ran(attacks: int, slices: int, done: Attacked) -> Ran:
    """The attacks that ran and the slices that all of them did; an attack that shares no slice with the rest is left
    out. Nothing is left when nothing was done."""
    of = {i: {j for j in range(slices) if (i, j) in done} for i in range(attacks)}
    running = [i for i in of if of[i]]
    while running:
        common = set.intersection(*(of[i] for i in running))
        if common:
            return Ran(tuple(running), tuple(sorted(common)))
        running.remove(min(running, key=lambda i: (len(of[i]), -i)))
    return Ran((), ())


def undecided(request: AuditRequest, ran: Ran, slices: int) -> list[int]:
    """Positions of the rules that what did not run could still have decided otherwise."""
    specs = request.attacks or ()
    whole = len(ran.slices) == slices
    missing = set(range(len(specs))) - set(ran.attacks)
    return [i for i, rule in enumerate(request.policy.rules) if not (whole and _is_settled(rule, specs, missing))]


def _is_settled(rule: PolicyRule, specs: Sequence[AttackSpec], missing: set[int]) -> bool:
    head, _, rest = rule.metric.partition(".")
    if head == "clean" or not missing:
        return head != "neurons"  # nobody counts whether the neurons of every slice were measured
    if head == "attacks":
        names = [str(spec.id) for spec in specs]
        chosen, _ = called(names, rest)
        return bool(chosen) and not missing & {names.index(name) for name in chosen}
    if head == "worst_case":
        threats = families(specs)
        names, _ = called([str(t) for t in threats], rest)
        meant = [t for t in threats if str(t) in names] or [t for t in threats if t.bounded] or list(threats)
        return not missing & {i for threat in meant for i in threats[threat]}
    return False

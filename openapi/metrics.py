"""Paths into a report, checked before there is one: a mistyped policy is refused when it is sent, not when it is judged.

`workers.reports.metrics` looks the same paths up in the finished report.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel

from openapi.analyses import further
from openapi.attack_ids import attack_ids
from openapi.audits import AuditRequest
from openapi.base import fields_of
from openapi.metric_names import called
from openapi.near_misses import named, near_misses
from openapi.policies import PolicyRule
from openapi.presets import PRESETS
from openapi.problems import FieldError
from openapi.report import Check, Report
from openapi.stages.comparison import AuditHardening
from openapi.threat_models import families

#: More names than this are not listed, and longer ones not compared.
_MOST_NAMES, _LONGEST_NAME = 12, 200
_MEANT = "; did you mean "


class WrongMetric(ValueError):
    """A path that no report of this request can hold a number at; the message says how far it leads."""


def metric_errors(request: AuditRequest) -> tuple[FieldError, ...]:
    """The rules of an audit's policy whose metric its report cannot hold, each with what may have been meant.

    Names that only the run can tell (layers, classes, checks' numbers) are believed. Raises `InvalidField` when two
    attacks have the same id.
    """
    specs = request.attacks or PRESETS[request.preset or "standard"].attacks
    names = {"attacks": list(attack_ids(specs)), "worst_case": [str(threat) for threat in families(specs)]}
    absent = [part for part in ("neurons", "regions", "explain") if getattr(request, part) is None]
    absent += ["hardening"] if request.harden is None else []
    absent += ["replay"] if request.replay_of is None else []
    absent += [a.path for a in further() if a.asked(request.neurons) is None]
    errors = []
    for i, rule in enumerate(request.policy.rules):
        try:
            _Walk(names, absent).report(rule.metric)
        except WrongMetric as error:
            errors.append(FieldError(pointer=f"/policy/rules/{i}/metric", detail=str(error)))
    return (*errors, *rule_errors(request.policy.rules, "/policy/rules"))


def rule_errors(rules: Sequence[PolicyRule], pointer: str) -> tuple[FieldError, ...]:
    """What rules that were sent may not say, whatever is stored of old ones; pointer: of the list."""
    errors = []
    for i, rule in enumerate(rules):
        if rule.intervals and rule.op == "==":
            detail = "an interval does not equal a number: a rule with == goes by the value; leave intervals out"
            errors.append(FieldError(pointer=f"{pointer}/{i}/intervals", detail=detail))
        if rule.policy_id is not None:
            detail = "the service says itself which policy it has taken a rule from; leave it out"
            errors.append(FieldError(pointer=f"{pointer}/{i}/policy_id", detail=detail))
    return tuple(errors)


def check_paths(rules: Sequence[PolicyRule], pointer: str) -> tuple[FieldError, ...]:
    """The rules whose metric no report at all can hold, each with what may have been meant; pointer: of the list."""
    errors = []
    for i, rule in enumerate(rules):
        try:
            _Walk({}, ()).report(rule.metric)
        except WrongMetric as error:
            errors.append(FieldError(pointer=f"{pointer}/{i}/metric", detail=str(error)))
    return tuple(errors)


class _Walk:
    """Follows a path through the report's types."""

    def __init__(self, names: Mapping[str, Sequence[str]], absent: Sequence[str]) -> None:
        self._names, self._absent = names, absent

    def report(self, path: str) -> None:
        """Raise `WrongMetric` unless the path may lead to a number."""
        for part in self._absent:
            if path == part or path.startswith(f"{part}."):
                raise WrongMetric(f"{part!r} will be null: the audit does not ask for it")
        self._at(Report, path, "")

    def _at(self, kind: Any, path: str, seen: str) -> None:
        kinds = _members(kind)
        if Any in kinds:
            return
        models = [k for k in kinds if isinstance(k, type) and issubclass(k, BaseModel)]
        if models:
            self._block(models[0], path, seen)
            return
        items = [get_args(k) for k in kinds if get_origin(k) is tuple]
        if items and path and items[0][-1] is Ellipsis:
            self._list(items[0][0], path, seen)
            return
        values = [get_args(k)[1] for k in kinds if get_origin(k) is dict]
        if values and path:
            self._at(values[0], path.partition(".")[2] if values[0] is not Any else "", seen)
            return
        if path and not items and not values:
            raise WrongMetric(f"{seen!r} is a single value and has no {path!r}")
        if not {int, float} & set(kinds):
            raise WrongMetric(f"{seen!r} is no number{' but a list; name a member of it' if _is_list(items) else ''}")

    def _block(self, model: type[BaseModel], path: str, seen: str) -> None:
        fields = fields_of(model)
        if not path and seen:
            if model is not Check:  # a check counts 1 when it passed
                raise WrongMetric(f"{seen!r} is no number but a block; name one of {', '.join(fields)}")
            return
        head, _, rest = path.partition(".")
        if head not in fields:
            raise WrongMetric(f"{repr(seen) if seen else 'the report'} has no {head!r}{_hint(head, fields)}")
        kind = AuditHardening | None if model is Report and head == "hardening" else fields[head]
        self._at(kind, rest, f"{seen}.{head}".strip("."))

    def _list(self, item: Any, path: str, seen: str) -> None:
        fields = item.model_fields if isinstance(item, type) and issubclass(item, BaseModel) else {}
        names = self._names.get(seen.rpartition(".")[2])
        if names is not None:
            chosen, rest = called(names, path)
            if chosen:
                self._at(item, rest, f"{seen}.{chosen[0]}")
            elif path.partition(".")[0] in fields:
                self._at(item, path, seen)
            else:
                stems = (re.split("[- ]", name)[0] for name in names)
                raise WrongMetric(f"{seen!r} has no {path!r}{_hint(path.partition('.')[0], [*names, *stems], fields)}")
            return
        if path.partition(".")[0] in fields:
            self._at(item, path, seen)
            return
        self._unknown_member(item, path, seen)

    def _unknown_member(self, item: Any, path: str, seen: str) -> None:
        """The member's name may hold dots: the path is good when any cut of it is."""
        wrong: list[WrongMetric] = []
        for cut in [*(i for i, c in enumerate(path) if c == "."), len(path)]:
            try:
                self._at(item, path[cut + 1 :], f"{seen}.{path[:cut]}")
            except WrongMetric as error:
                wrong.append(error)
            else:
                return
        raise next((error for error in wrong if _MEANT in str(error)), wrong[0])


def _is_list(items: Sequence[Sequence[Any]]) -> bool:
    return bool(items) and isinstance(items[0][0], type) and issubclass(items[0][0], BaseModel)


def _members(kind: Any) -> list[Any]:
    """The members of a union, without None; what is no union is its own."""
    if get_origin(kind) is Annotated:
        return _members(get_args(kind)[0])
    if get_origin(kind) in (Union, UnionType):
        return [member for part in get_args(kind) for member in _members(part)]
    if get_origin(kind) is Literal:
        return [str]
    return [] if kind is type(None) else [kind]


def _hint(wrong: str, known: Iterable[str], more: Iterable[str] = ()) -> str:
    """What was meant, else what there is: `known`; what of `more` is near is named too."""
    names = list(dict.fromkeys(known))
    near: list[str] = []
    if len(wrong) <= _LONGEST_NAME:
        everything = [*names, *more]
        near = [name for name in everything if wrong and name.startswith(wrong)][:2]
        near = near or near_misses(wrong, everything)
    if near:
        return f"{_MEANT}{named(near)}?"
    return f"; there are {', '.join(names[:_MOST_NAMES])}{', …' if len(names) > _MOST_NAMES else ''}"

"""Policies: rules over the numbers of a report, by themselves or under a name, bound to models."""

import operator
from collections.abc import Callable
from typing import Annotated, Literal

from pydantic import Field, ValidationInfo, field_validator

from openapi.base import Frozen, Id, Labels, Name, Timestamp

_OPERATORS: dict[str, Callable[[float, float], bool]] = {
    ">=": operator.ge,
    ">": operator.gt,
    "<=": operator.le,
    "<": operator.lt,
    "==": operator.eq,
}


def holds(op: str, actual: float, limit: float) -> bool:
    """Whether ``actual op limit``."""
    return _OPERATORS[op](actual, limit)


#: Rules of one audit, its own and those of named policies together.
MOST_RULES = 256


class PolicyRule(Frozen):
    """One gate, e.g. ``worst_case.robust_accuracy >= 0.4``. `metric` is a path into the report.

    A rule has a `value` of its own, or is `relative_to` an earlier audit: then the metric may be worse than that
    audit's by `drop` at most.
    """

    metric: str = Field(
        max_length=500, examples=["clean.accuracy", "attacks.pgd-linf.robust_accuracy", "worst_case.robust_accuracy"]
    )
    op: Literal[">=", ">", "<=", "<", "=="] = Field(
        ">=", description="Of a relative rule: `>=` where more is better, `<=` where less is"
    )
    relative_to: Id | None = Field(
        None, exclude_if=lambda value: value is None, description="An earlier audit whose metric is the measure"
    )
    drop: float | None = Field(
        None,
        ge=0,
        le=1e15,
        exclude_if=lambda value: value is None,
        description="Of a relative rule: how much worse than the earlier audit's the metric may be; null is 0",
    )
    value: float | None = Field(None, ge=-1e15, le=1e15, exclude_if=lambda value: value is None, validate_default=True)
    intervals: bool = Field(
        False,
        exclude_if=lambda value: not value,
        description="Judge by the 95 % interval of a proportion instead of its value: pass where all of it fulfils the "
        "rule, fail where none of it does, else inconclusive; numbers without an interval are judged by their value, "
        "and so are rules with ==",
    )
    policy_id: Id | None = Field(
        None,
        exclude_if=lambda value: value is None,
        description="The named policy that the rule comes from; told by the service, and refused where it is sent",
    )

    @field_validator("relative_to")
    @classmethod
    def _has_a_direction(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is not None and info.data.get("op") == "==":
            raise ValueError("a rule that is relative to an audit says >= or <=")
        return value

    @field_validator("drop")
    @classmethod
    def _is_relative(cls, value: float | None, info: ValidationInfo) -> float | None:
        if value is not None and info.data.get("relative_to", "") is None:
            raise ValueError("a drop is from an earlier audit; name one in relative_to")
        return value

    @field_validator("value")
    @classmethod
    def _one_of_both(cls, value: float | None, info: ValidationInfo) -> float | None:
        relative = info.data.get("relative_to", "")  # absent where it is wrong itself
        if value is None and relative is None:
            raise ValueError("this field is required, or relative_to")
        if value is not None and relative:
            raise ValueError("a rule that is relative to an audit has no value of its own; say drop")
        return value

    @property
    def margin(self) -> float:
        """Of a relative rule: what the metric less the baseline's is compared with."""
        return (self.drop or 0.0) * (1 if self.op in ("<=", "<") else -1)


class Policy(Frozen):
    """Rules that all must hold for the verdict `pass`."""

    rules: tuple[PolicyRule, ...] = Field((), max_length=MOST_RULES)


class AppliesTo(Frozen):
    """The models whose audits a policy is bound to: by one of these names, or by all of these tags."""

    names: tuple[Annotated[str, Field(min_length=1, max_length=200)], ...] = Field(
        (), max_length=100, description="Names of models; * stands for any text"
    )
    tags: Labels = Field({}, description="Tags that a model must have, all of them; {} binds by names alone")


Description = Annotated[str, Field(max_length=1000)]
Rules = Annotated[tuple[PolicyRule, ...], Field(min_length=1, max_length=MOST_RULES)]
_BY_INTERVALS = "Judge all rules by the 95 % intervals of proportions (see `intervals` of a rule)"


class PolicyRequest(Frozen):
    """The body of `POST /v1/policies`."""

    name: Name
    description: Description = ""
    rules: Rules
    intervals: bool = Field(True, description=_BY_INTERVALS)
    applies_to: AppliesTo = Field(AppliesTo(), description="Without names and tags it applies where an audit names it")


class PolicyChange(Frozen):
    """What is to change; what is left out stays. Audits that are there keep the rules that they were started with."""

    name: Name | None = None
    description: Description | None = None
    rules: Rules | None = None
    intervals: bool | None = None
    applies_to: AppliesTo | None = None


class PolicyInfo(Frozen):
    """A named policy."""

    id: str
    name: str
    description: str
    rules: tuple[PolicyRule, ...]
    intervals: bool = Field(description=_BY_INTERVALS)
    applies_to: AppliesTo
    created_at: Timestamp
    updated_at: Timestamp

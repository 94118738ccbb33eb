"""Threat models: what an adversary may do to an image, as values that are compared as such and printed once."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal, Protocol

from pydantic import Field

from openapi.base import Frozen, Radius, as_written

AnyNorm = Literal["linf", "l2", "l1", "l0"]

#: Norms as people read them.
NORMS: dict[str, str] = {"linf": "L∞", "l2": "L2", "l1": "L1", "l0": "L0"}
#: Names that are not plain words.
_NAMES = {"jpeg_compression": "JPEG compression"}


def display_name(name: str) -> str:
    """A name as people read it: ``defocus_blur`` → Defocus blur."""
    return _NAMES.get(name) or name[:1].upper() + name[1:].replace("_", " ")


def _label(data: Mapping[str, Any]) -> str:
    """The threat model for people, by its checked fields so far (a wrong one is absent)."""
    norm, eps, target = NORMS.get(data.get("norm") or ""), data.get("eps"), data.get("target")
    if norm is None:
        severity = data.get("severity")
        text = display_name(data.get("change") or "") + ("" if severity is None else f", severity {severity}")
    elif eps is None:
        text = f"{norm}, unbounded"
    elif data.get("norm") == "l0":
        text = f"{norm}, pixels {eps:g}"
    else:
        text = f"{norm}, ε\u00a0=\u00a0{as_written(eps)}"
    text = text if target is None else f"{text}, towards class {target}"
    region = data.get("region")
    return text if region is None else f"{text}, {'' if region.startswith('outside ') else 'inside '}{region}"


class ThreatModel(Frozen):
    """What an adversary may do: a change within a ball, the nearest example whatever its distance, a corruption.

    Its name (`str`) stands in reports and in the metrics of policies, with six digits of eps; threat models of one name
    are equal. bounded: whether the change is limited and all classes are meant. Not so for minimal-norm attacks, which
    fool every model in the end, nor for corruptions, which are no attacks; what aims at one class alone does not tell
    of the others.
    """

    kind: Literal["ball", "minimal", "corruption", "other"]
    norm: AnyNorm | None = None
    eps: Radius | None = Field(None, description="Radius of a ball; for l0 the number of pixels")
    change: str | None = Field(None, description="What is done where no norm is: a corruption's name")
    severity: int | None = None
    target: int | str | None = Field(None, description="The one class that is aimed at; null for any wrong one")
    region: str | None = Field(
        None,
        exclude_if=lambda value: value is None,
        description="The masks inside which pixels may change; null is all",
    )
    label: str = Field(default_factory=_label, description="As people read it, with eps as it was written")

    def __str__(self) -> str:
        """``linf eps=0.0313725``, ``l2 minimal``, ``l0 pixels=1``, ``corruption fog severity=3``."""
        if self.norm is None:
            severity = "" if self.severity is None else f" severity={self.severity}"
            text = ("corruption " if self.kind == "corruption" else "") + (self.change or "") + severity
        elif self.eps is None:
            text = f"{self.norm} minimal"
        else:
            text = f"{self.norm} {'pixels' if self.norm == 'l0' else 'eps'}={self.eps:.6g}"
        text = text if self.target is None else f"{text} target={self.target}"
        return text if self.region is None else f"{text} region={self.region}"

    def __eq__(self, other: object) -> bool:
        return str(self) == str(other) if isinstance(other, ThreatModel) else NotImplemented

    def __hash__(self) -> int:
        return hash(str(self))

    @property
    def bounded(self) -> bool:
        """See above."""
        return self.target is None and self.kind in ("ball", "other")

    @property
    def untargeted(self) -> "ThreatModel":
        """The same without a chosen class."""
        fields = {name: value for name, value in self if name not in ("target", "label")}
        return self if self.target is None else ThreatModel(**fields)


_PRINTED = re.compile(
    r"(?:(?P<norm>linf|l2|l1|l0) (?:minimal|(?:eps|pixels)=(?P<eps>[0-9.e+-]+))"
    r"|(?:corruption )?(?P<change>\S+)(?: severity=(?P<severity>\d+))?)"
    r"(?: target=(?P<target>\S+))?(?: region=(?P<region>.+))?"
)


def label_of(name: str) -> str:
    """A threat model's name (`str`) as people read it; its six digits of eps are k/255 where they are that."""
    found = _PRINTED.fullmatch(name)
    if found is None:
        return name
    said: dict[str, Any] = found.groupdict()
    if said["eps"] is not None:
        level = round(float(said["eps"]) * 255) / 255
        said["eps"] = level if f"{level:.6g}" == said["eps"] else float(said["eps"])
    return _label(said)


def threat_label(block: Mapping[str, Any]) -> str:
    """The threat model of a report's block (JSON) for people; from its name where the report is older than 1.3."""
    return str((block.get("threat") or {}).get("label") or label_of(block["threat_model"]))


class _HasThreatModel(Protocol):
    @property
    def threat_model(self) -> ThreatModel: ...


def families(specs: Sequence[_HasThreatModel]) -> dict[ThreatModel, list[int]]:
    """The threat models that worst cases are taken over, each with the positions of its attacks.

    An attack that aims at a chosen class counts in its ball, where it can only lower the worst case; alone in it, it
    stands for that class and not for all, and has a threat model of its own.
    """
    whole = {spec.threat_model for spec in specs}
    found: dict[ThreatModel, list[int]] = {}
    for i, spec in enumerate(specs):
        threat = spec.threat_model
        found.setdefault(threat.untargeted if threat.untargeted in whole else threat, []).append(i)
    return found

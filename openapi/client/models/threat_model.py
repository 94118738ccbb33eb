from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.threat_model_kind import ThreatModelKind
from ..models.threat_model_norm_type_0 import ThreatModelNormType0
from ..types import UNSET, Unset

T = TypeVar("T", bound="ThreatModel")


@_attrs_define
class ThreatModel:
    """What an adversary may do: a change within a ball, the nearest example whatever its distance, a corruption.

    Its name (`str`) stands in reports and in the metrics of policies, with six digits of eps; threat models of one name
    are equal. bounded: whether the change is limited and all classes are meant. Not so for minimal-norm attacks, which
    fool every model in the end, nor for corruptions, which are no attacks; what aims at one class alone does not tell
    of the others.

        Attributes:
            kind (ThreatModelKind):
            norm (None | ThreatModelNormType0 | Unset):
            eps (float | None | Unset): Radius of a ball; for l0 the number of pixels
            change (None | str | Unset): What is done where no norm is: a corruption's name
            severity (int | None | Unset):
            target (int | None | str | Unset): The one class that is aimed at; null for any wrong one
            region (None | str | Unset): The masks inside which pixels may change; null is all
            label (str | Unset): As people read it, with eps as it was written
    """

    kind: ThreatModelKind
    norm: None | ThreatModelNormType0 | Unset = UNSET
    eps: float | None | Unset = UNSET
    change: None | str | Unset = UNSET
    severity: int | None | Unset = UNSET
    target: int | None | str | Unset = UNSET
    region: None | str | Unset = UNSET
    label: str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        kind = self.kind.value

        norm: None | str | Unset
        if isinstance(self.norm, Unset):
            norm = UNSET
        elif isinstance(self.norm, ThreatModelNormType0):
            norm = self.norm.value
        else:
            norm = self.norm

        eps: float | None | Unset
        if isinstance(self.eps, Unset):
            eps = UNSET
        else:
            eps = self.eps

        change: None | str | Unset
        if isinstance(self.change, Unset):
            change = UNSET
        else:
            change = self.change

        severity: int | None | Unset
        if isinstance(self.severity, Unset):
            severity = UNSET
        else:
            severity = self.severity

        target: int | None | str | Unset
        if isinstance(self.target, Unset):
            target = UNSET
        else:
            target = self.target

        region: None | str | Unset
        if isinstance(self.region, Unset):
            region = UNSET
        else:
            region = self.region

        label = self.label

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "kind": kind,
            }
        )
        if norm is not UNSET:
            field_dict["norm"] = norm
        if eps is not UNSET:
            field_dict["eps"] = eps
        if change is not UNSET:
            field_dict["change"] = change
        if severity is not UNSET:
            field_dict["severity"] = severity
        if target is not UNSET:
            field_dict["target"] = target
        if region is not UNSET:
            field_dict["region"] = region
        if label is not UNSET:
            field_dict["label"] = label

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        kind = ThreatModelKind(d.pop("kind"))

        def _parse_norm(data: object) -> None | ThreatModelNormType0 | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                norm_type_0 = ThreatModelNormType0(data)

                return norm_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | ThreatModelNormType0 | Unset, data)

        norm = _parse_norm(d.pop("norm", UNSET))

        def _parse_eps(data: object) -> float | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(float | None | Unset, data)

        eps = _parse_eps(d.pop("eps", UNSET))

        def _parse_change(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        change = _parse_change(d.pop("change", UNSET))

        def _parse_severity(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        severity = _parse_severity(d.pop("severity", UNSET))

        def _parse_target(data: object) -> int | None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | str | Unset, data)

        target = _parse_target(d.pop("target", UNSET))

        def _parse_region(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        region = _parse_region(d.pop("region", UNSET))

        label = d.pop("label", UNSET)

        threat_model = cls(
            kind=kind,
            norm=norm,
            eps=eps,
            change=change,
            severity=severity,
            target=target,
            region=region,
            label=label,
        )

        return threat_model
